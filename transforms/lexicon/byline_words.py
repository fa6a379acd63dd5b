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
#: A name that ends in one of these is an outlet's.
OUTLET_WORDS = word_set(
    """
    weekly journal chronicle star sun echo globe mirror argus advertiser examiner courier dispatch record independent
    telegraph broadcasting radio tv television media network magazine online review bulletin
    """
)
#: What days and times are told with.
CALENDAR = word_set(
    """
    monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun
    january february march april may june july august september october november december
    jan feb mar apr jun jul aug sep sept oct nov dec today yesterday at on am pm a.m p.m a.m. p.m.
    updated published posted gmt utc est edt cst cdt mst mdt pst pdt bst cet cest ist et pt
    """
)
#: Words with a capital that are part of no reporter's name.
NOT_NAMES = (CALENDAR - {"may", "sun", "jan", "mar", "april", "june", "august"}) | word_set(
    """
    tomorrow the this that a an our my by on in at of for from with and comments comment share read news photos photo
    video image courtesy special christmas easter
    copyright order request
    """
)
