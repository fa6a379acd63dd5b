"""What stands in bylines beside the names: how they open, jobs, and what newsrooms sign with.

Source: the bylines of wire services and of large newspapers and broadcasters in English. Small letters; the openers are
patterns for ``re``.
"""

from __future__ import annotations

from onrecord.transforms.lexicon.word_sets import word_set

#: How a byline opens: "By", "Posted by", "Words:", "Reporting by".
OPENERS = (
    r"(?:(?:written|posted|reported|published|compiled|submitted|filed|words|story|text|report|reporting|article"
    r"|analysis|opinion|review|interview|additional reporting|reporting and writing|writing) )?by\b:?"
    r"|(?:words|text|story|report|reporting|reporters?|authors?|writers?|byline|contributors?|posted by|written by) ?:"
)
#: After the reporters' names these tell of others, who did not write it: "; editing by".
OTHER_WORK = (
    r"(?:additional (?:reporting|writing|research)|edit(?:ing|ed)|writing|compil(?:ing|ed)|production|produced"
    r"|graphics?|photos?|photographs?|photography|pictures?|images?|video|illustrations?|translat(?:ion|ed)|research)"
    r"(?: and \w+)? ?(?:by\b|:)"
)
#: The last word of a job.
JOBS = word_set(
    """
    writer writers reporter reporters correspondent correspondents editor editors columnist journalist journalists
    contributor contributors staff bureau desk producer photographer photojournalist critic blogger freelancer freelance
    intern newsroom team agencies admin administrator webmaster chief analyst fellow author presenter anchor
    """
)
#: What stands before it.
JOB_WORDS = word_set(
    """
    a an the our senior junior chief lead associate assistant deputy managing executive contributing special guest news
    web online digital political politics transport business economics economy finance financial crime courts court
    health science technology tech environment climate energy education religion arts culture entertainment music film
    food travel sport sports football foreign diplomatic defence defense security world international national regional
    local
    city county state metro investigative investigations features feature opinion data night weekend white house royal
    legal home affairs legal rural farming housing social media general assignment and of in-house wire former
    """
)
#: Words with a capital that are part of no reporter's name.
NOT_NAMES = word_set(
    """
    monday tuesday wednesday thursday friday saturday sunday january february march april june july august september
    october november december today yesterday tomorrow the this that a an our my by on in at of for from with and
    updated published posted comments comment share read news photo photos video image courtesy special christmas easter
    copyright order request
    """
)
