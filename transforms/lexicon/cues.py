"""Cue words by act: is somebody said to have *said* something, or to *think*, feel or intend it?

A cue is the word group that ties a source to what it says ("said", "according to", "is worried that"). The groups
below are lemmas; the source of each is given above it. ``Levin`` is Levin (1993), *English Verb Classes and
Alternations*; class names with numbers are VerbNet's, which follow hers. Each class was read against the cues of the
PolNeAR training set (19,735 cues, the words of which were counted and the frequent ones judged in context), and words
that news uses otherwise were moved: *recall*, *lament* and *predict* report speech there, *support* and *oppose* an
attitude.
"""

from __future__ import annotations

import re
from functools import lru_cache

from onrecord.transforms.lexicon.word_sets import word_set
from onrecord.transforms.records import Act

# Conjecture, consider, see, discover, comprehend (conjecture-29.5, consider-29.9, see-30.1, comprehend-87.2), and the
# words of deciding and of doubt that PolNeAR marks as cues.
BELIEF_VERBS = """
    assume believe conceive consider contemplate deem deliberate discern disbelieve distrust doubt envisage envision
    expect anticipate fathom foresee forget guess imagine intuit judge know learn mistrust misunderstand mull notice
    overestimate perceive ponder presume presuppose puzzle realise realize reckon recognise recognize regard remember
    ruminate second-guess see seem sense suppose surmise suspect think trust underestimate understand view visualize
    wonder
"""
# Want, wish, long (want-32.1, wish-62, long-32.2), the verbs of intending and of trying (try-61.1), and those of
# taking or leaving what is open to choose (agree, refuse, vote).
INTENTION_VERBS = """
    agree aim aspire attempt choose covet crave decide desire disagree dream eye fancy hanker hope hunger
    intend lean long opt plan plot prefer refuse resolve seek thirst try vote want wish yearn
"""
# Admire and marvel (admire-31.2, marvel-31.3), without the verbs that news uses for speech (cheer, deplore, exult,
# fume, lament, mourn, muse, praise, rage, salute), and with the attitudes of a position taken (oppose, favor).
FEELING_VERBS = """
    abhor admire adore agonize appreciate balk begrudge bristle care chafe champion cherish despair despise detest
    disapprove disdain dislike dread embrace enjoy envy fear feel fret gloat grieve hate loathe love marvel oppose
    rejoice relish resent respect revel revere savor savour seethe stew support favor favour tire treasure value worry
"""
# Amuse verbs (amuse-31.1): what stirs a feeling in somebody; passive or not, the experiencer is the source.
AMUSE_VERBS = """
    aggravate alarm alienate amaze amuse anger annoy appall appal astonish astound baffle bewilder bother concern
    confound confuse delight disappoint disgust dishearten dismay displease distress disturb elate embarrass
    embolden enchant enrage enrapture enthrall exasperate excite fascinate flabbergast frighten frustrate gall
    gladden hearten horrify humiliate impress infuriate intrigue irk irritate madden mystify nauseate outrage
    perplex perturb pique rankle repel repulse revolt sadden scare shock sicken spook startle stun stupefy surprise
    terrify thrill torment traumatize trouble unnerve unsettle upset vex
"""
# Nouns of the same three fields, those of the verbs above and those counted in PolNeAR.
THOUGHT_NOUNS = """
    admiration affection ambition anger animosity antipathy anxiety appetite apprehension attitude aversion awareness
    belief believer confidence consensus contempt conviction decision desire despair determination disbelief
    disappointment discontent disdain dislike dismay displeasure dissatisfaction doubter eagerness enthusiasm
    expectation faith fascination feeling foe fondness frustration fury goal hatred hostility idea inclination intent
    intention interest ire jealousy joy knowledge mind misgiving mistrust mood nostalgia notion objective opinion
    opponent opposition optimism outlook passion perception pessimism position preference pride proponent qualm regret
    reluctance resentment resolve revulsion sadness satisfaction sentiment skeptic skepticism sceptic scepticism
    solidarity stance sorrow supporter suspicion sympathy thought understanding unease unwillingness viewpoint
    wariness willingness worldview zeal
"""
# States of mind as they stand after "be", "remain", "feel"; exact forms, since many are participles of other verbs
# ("convinced voters" persuades, "is convinced" believes; "determined the cause" finds, "is determined to" intends).
THOUGHT_ADJECTIVES = """
    adamant afraid ambivalent angry anxious apprehensive ashamed aware bent bitter bullish certain cognizant
    comfortable confident content convinced curious desperate disillusioned divided doubtful eager enamored
    enthusiastic fearful fed-up fond furious glad grateful happy hesitant hopeful hostile incensed inclined indifferent
    inspired interested jealous jubilant keen leery livid loath mindful mistrustful nervous nostalgic oblivious
    opposed optimistic passionate pessimistic pleased proud reluctant relieved resentful resigned sad satisfied
    skeptical sceptical sorry supportive suspicious sympathetic tempted thankful torn unafraid unaware uncertain
    uncomfortable unconvinced undecided uneasy unhappy unimpressed uninterested unmoved unsure unwilling upbeat wary
    weary willing worried
"""
# Cues of communication. Say, tell, talk, chitchat, manner of speaking, transfer of message, complain, advise, promise,
# confess, lecture, inquire, order, urge, judgement (say-37.7, tell-37.2, talk-37.5, manner_speaking-37.3,
# transfer_mesg-37.1, complain-37.8, advise-37.9, promise-37.13, confess-37.10, lecture-37.11, inquire-37.1.2,
# order-60.1, urge-58.1, judgment-33.1), characterize (29.2), and the acts in words that PolNeAR marks: only the ones
# that meet a word of thought in one cue make a difference here ("expressed hope").
SPEECH_WORDS = """
    accuse acknowledge add address admit advise aloud advocate affirm air allege allude announce answer apologize
    appeal applaud argue articulate ask assail assert assess assure attack blame blast boast brag brief broadcast
    call cast caution celebrate challenge chant charge chide cite claim clarify comment communicate compare complain
    concede condemn confess confide confirm congratulate contend contradict convey counter cover criticise criticism
    criticize declaration declare decry defend demand denounce deny describe detail dictate disclose discuss
    disclosure dispute document echo elaborate email emphasise emphasize endorse endorsement enumerate exclaim
    explain express expression hail highlight hint imply indicate inform inquire insinuate insist interview inveigh
    joke lambaste lament laud lecture letter maintain mention message mock muse name narrate note object observe
    offer order outline pen phone plead pledge point portray post praise predict press proclaim profess promise
    pronounce propose protest publish quip question quote rail raise read reaffirm reassure rebuke rebut recall
    recite recommend recount reference refer refute register reiterate relate relay remark remind repeat reply
    report request respond retell retort retweet reveal rule say scold share shout show sign signal signalled sing
    slam sound speak specify speculate speech spell state statement stipulate stress submit suggest summarize swear
    talk tell testify thank tout trumpet tweet underline underscore unveil urge utter voice vow warn whisper
    write yell
"""
IRREGULAR_FORMS = {
    "thought": "think", "knew": "know", "wanna": "want", "felt": "feel", "saw": "see", "seen": "see", "chose": "choose",
    "chosen": "choose", "understood": "understand", "misunderstood": "misunderstand", "forgot": "forget",
    "forgotten": "forget", "foresaw": "foresee", "foreseen": "foresee", "dreamt": "dream", "learnt": "learn",
    "said": "say", "told": "tell", "wrote": "write", "written": "write", "spoke": "speak", "spoken": "speak",
    "swore": "swear", "sworn": "swear", "sang": "sing", "sung": "sing", "shown": "show", "upset": "upset",
    "sought": "seek", "leant": "lean", "beliefs": "belief",
}  # fmt: skip
# Groups whose words would mislead when taken one by one; looked for before the single words.
THOUGHT_PHRASES = re.compile(
    r"""
      (?:would|'d|d)\s(?:\w+ly\s|also\s|still\s|rather\s)?like\b  # would like; "like" alone is a preposition
    | (?:do|does|did)(?:n't|\snot|\sreally|\salso)?\slike\b       # doesn't like
    | \b(?:likes|liked)\b
    | \blook(?:s|ed|ing)?\sforward\b                              # looking forward to
    | \bin\s(?:the\s)?(?:\w+\s)?(?:eyes|minds?)\sof\b             # in the eyes of
    | \bon\sboard\swith\b
    | \bback(?:s|ed|ing)\b | \b(?:to|\w+ly|w(?:ill|ould)|'ll|'d|not|n't)\sback\b  # backs a bill, but not "pushes back"
    | \bappear(?:s|ed|ing)?\b(?!\s(?:at|before|in|on)\b)        # appears to, but not "appears on"
    | \blook(?:s|ed|ing)?\s(?:as|like|likely|to|unlikely)\b     # looks like, looking to
    | \b(?:is|are|was|were|be|seem\w*|appear\w*)\s(?:\w+ly\s)?(?:poised|prepared|ready|set)\sto\b
    | \bapprov(?:e|es|ed|ing)\sof\b
    | (?:\b(?:am|is|are|was|were|be|been|being|remain\w*|stay\w*)(?:n't)?|'s|'re|'m)\s
      (?:\w+\s){0,2}(?:determined|against|sure(?!\sto))\b         # is determined, are against, aren't sure
    | \bdetermined\sto\b
    | \b(?:have|has|had|'ve|'d)\s(?:(?:long|always|never|not|\w+ly)\s)?known\b  # but not "is known as"
    """,
    re.VERBOSE,
)
STATEMENT_PHRASES = re.compile(
    r"""
      \b(?:ma(?:k|d)\w*|make)\s(?:\w+\s){0,3}(?:clear|plain|known)\b  # made clear his opposition
    | \b(?:let|lets|letting)\s(?:\w+\s){0,4}kn(?:ow|own)\b            # let it be known
    | \bweigh(?:s|ed|ing)?\sin\b
    | \b(?:fire|hit|push|shoot|shot)\w*\sback\b
    | \b(?:declin|refus)\w+\sto\s(?:answer|comment|confirm|discuss|elaborate|name|respond|say|speak|specify|talk|tell)\b
    """,
    re.VERBOSE,
)
LOWERCASE_WORD = re.compile(r"[a-z]+(?:-[a-z]+)*")
# "no longer", "has long wanted", "so long as": the adverb; the verb of longing is always inflected or before "to"/"for"
ADVERB_LONG = re.compile(r"\blong\b(?!\s(?:to|for)\b)")


THOUGHT_LEMMAS = word_set(BELIEF_VERBS + INTENTION_VERBS + FEELING_VERBS + AMUSE_VERBS + THOUGHT_NOUNS)
THOUGHT_FORMS = word_set(THOUGHT_ADJECTIVES)
SPEECH_LEMMAS = word_set(SPEECH_WORDS)


def candidates(word: str) -> tuple[str, ...]:
    """The word itself and the lemmas its ending may stand for; lookups decide which of them exist.

    >>> "worry" in candidates("worries"), "plan" in candidates("planning"), "hope" in candidates("hoped")
    (True, True, True)
    """
    lemmas = [IRREGULAR_FORMS[word]] if word in IRREGULAR_FORMS else [word]
    for ending, replacements in (
        ("ies", ("y",)), ("ied", ("y",)), ("es", ("", "e")), ("s", ("",)), ("ed", ("", "e")), ("ing", ("", "e")),
    ):  # fmt: skip
        stem = word[: -len(ending)]
        if word.endswith(ending) and len(stem) >= 2 and not word.endswith("ss"):
            lemmas += [stem + r for r in replacements]
            if ending in ("ed", "ing") and len(stem) > 3 and stem[-1] == stem[-2]:
                lemmas.append(stem[:-1])  # planned, regretting
    return tuple(lemmas)


def _act_of_word(word: str) -> Act | None:
    if word in THOUGHT_FORMS:
        return "thought"
    lemmas = candidates(word)
    if any(lemma in SPEECH_LEMMAS for lemma in lemmas):
        return "statement"
    return "thought" if any(lemma in THOUGHT_LEMMAS for lemma in lemmas) else None


@lru_cache(maxsize=4096)
def act_of(cue_text: str, quoted: bool) -> Act:
    """``thought`` when a cue is of belief, feeling or intention and nothing it ties is quoted, else ``statement``.

    A word of speech in the cue wins over one of thought, wherever it stands, unless it is the infinitive of what is
    intended. A cue that is in no list is a statement.

    >>> act_of("doesn't believe", False), act_of("expressed hope", False), act_of("plans to announce", False)
    ('thought', 'statement', 'thought')
    >>> act_of("hopes", True)
    'statement'
    """
    cue = " ".join(cue_text.lower().replace("\N{RIGHT SINGLE QUOTATION MARK}", "'").split())
    if quoted or STATEMENT_PHRASES.search(cue):
        return "statement"
    words = LOWERCASE_WORD.findall(ADVERB_LONG.sub("", cue))
    thinking = THOUGHT_PHRASES.search(cue) is not None
    for before, word in zip(["", *words], words, strict=False):
        act = _act_of_word(word)
        if act == "thought":
            thinking = True
        elif act == "statement" and not (thinking and before == "to"):
            return "statement"
    return "thought" if thinking else "statement"


@lru_cache(maxsize=4096)
def reports_speech(cue_text: str) -> bool:
    """Whether a cue holds a word of communication ("said", "told reporters", "according to").

    >>> reports_speech("according to"), reports_speech("has long warned"), reports_speech("voted for")
    (True, True, False)
    """
    words = LOWERCASE_WORD.findall(cue_text.lower())
    return "according" in words or any(_act_of_word(word) == "statement" for word in words)
