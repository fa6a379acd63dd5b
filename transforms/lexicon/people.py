"""Words about people and organizations: titles, roles, relations, what an organization is called without its name.

Closed lists by ordinary use in English news, counted against the sources of the PolNeAR training set and the
appositions of GUM; titles of address and of rank after the style books of AP and Reuters. Lower case, no full stops.
"""

from __future__ import annotations

from typing import Literal

from onrecord.transforms.lexicon.word_sets import word_set

Gender = Literal["male", "female"]


#: Titles that show a gender.
GENDERED_TITLES: dict[str, Gender] = {
    **dict.fromkeys("mr mister sir lord baron king prince father fr monsieur herr señor senor don".split(), "male"),
    **dict.fromkeys(
        "mrs ms miss madam madame mme lady dame baroness queen princess sister frau señora senora doña".split(),
        "female",
    ),
}
#: Titles that stand before a name and are no part of it. An office is one when it is written with a capital.
TITLES = frozenset(GENDERED_TITLES) | word_set(
    """
    dr doctor prof professor rev reverend hon honorable honourable imam rabbi sheikh sheik pope cardinal archbishop
    bishop pastor deacon saint st gen general lt lieutenant col colonel maj major capt captain cpl corporal cmdr
    commander adm admiral sgt sergeant sgt-maj pvt private brig brigadier marshal const constable det detective insp
    inspector supt superintendent officer deputy sheriff chief vice acting interim president prime premier minister
    chancellor secretary senator sen representative rep congressman congresswoman governor gov mayor councillor
    councilor coun cllr canon councilman councilwoman alderman ambassador amb judge justice attorney atty ag speaker
    chairman chairwoman chair director coach emir sultan ayatollah mullah em emeritus mp mla mpp mep esq us u.s
    """
)
#: Behind a name: they distinguish it from namesakes, but are no surname.
SUFFIXES = word_set("jr sr ii iii iv")
#: Between given name and surname; the surname begins with them.
PARTICLES = word_set("de del della der den di da dos du el al bin ibn ben la le van von ter ten")

#: Nouns of office, trade and standing, singular; the head of a description of one person.
ROLES = word_set(
    """
    academic accountant activist actor actress adviser advisor advocate aide ambassador analyst anchor anchorman
    apprentice archaeologist archbishop architect archivist artist assistant astronaut astronomer athlete attorney
    author aviator baker ballerina banker billionaire barrister baritone barber bassist beekeeper biologist bishop
    blogger boss boxer boy boyfriend brewer broadcaster broker builder bureaucrat businessman businesswoman butcher
    campaigner candidate captain cardinal caretaker cartoonist celebrity challenger champion chancellor chair chairman
    chairperson chairwoman chef chemist chief chronicler cleric clerk climber clinician coach coach co-author co-chair
    co-founder co-owner colonel columnist comedian commander commentator commissioner composer conductor congressman
    congresswoman conservative consultant contender contractor convict coordinator coroner correspondent councillor
    councilman councilor councilwoman counselor counterpart courier critic curator dancer dean defendant defender
    delegate democrat demographer dentist deputy designer detective developer dictator diplomat director dissident
    doctor donor driver drummer ecologist economist editor educator electrician engineer entomologist entrepreneur
    envoy epidemiologist executive expert farmer father fighter filmmaker financier firefighter fisherman footballer
    forecaster foreman forward founder frontman front-runner frontrunner gardener general geologist girl girlfriend
    goalkeeper goaltender governor grandfather grandmother guard guide guitarist head headmaster headteacher historian
    holder hopeful host hunter illustrator imam incumbent industrialist inspector instructor investigator investor
    inventor janitor jeweller journalist judge justice keeper king lawmaker lawyer lead leader lecturer legislator
    liberal librarian lieutenant linguist lobbyist maestro magistrate magnate manager maverick marketer mathematician
    mayor mechanic mediator meteorologist midfielder midwife miner minister mogul monk mother musician narrator
    naturalist neighbor neighbour neuroscientist neurosurgeon nominee novelist nun nurse officer official ombudsman
    operator organiser organizer owner painter paramedic parent parliamentarian partner passenger pastor patient
    patriarch patriot pediatrician performer pharmacist philosopher photographer physician physicist pianist pilot
    player playwright plumber poet politician pollster pope porter postmaster premier president presenter priest prince
    princess principal prisoner producer professor programmer proprietor prosecutor psychiatrist psychologist publisher
    quarterback queen rabbi ranger rapper realtor rebel rector referee registrar reporter representative republican
    researcher resident retiree rider rival runner sailor salesman salesperson saleswoman scholar schoolteacher
    scientist screenwriter sculptor secretary senator sergeant sheriff shopkeeper singer skipper sociologist soldier
    solicitor soprano speaker speechwriter spokesman spokesperson spokeswoman staffer star statesman strategist striker
    student superintendent supervisor surgeon surveyor suspect swimmer teacher technician teenager tenant tenor
    therapist trader trainee trainer treasurer trustee tycoon undersecretary veteran vice-president vice-chair victim
    villager violinist volunteer voter waiter waitress warden widow widower winemaker winner witness woman worker
    wrestler writer man person guy lady
    """
)
#: Descriptions that fit anyone the text has just mentioned, and exclude nobody.
GENERIC_ROLES = word_set(
    """
    analyst author diplomat expert founder guy head interlocutor lady leader man official owner person politician
    researcher resident scientist source specialist spokesman spokesperson spokeswoman statesman veteran witness woman
    writer lawmaker legislator parliamentarian
    """
)
#: Roles that one person may bear under several words ("the head of the republic" is its president).
SAME_ROLE = (
    word_set("president leader head chief ruler"),
    word_set("minister head chief"),
    word_set("chairman chairwoman chairperson chair head president leader chief"),
    word_set("director head chief boss manager"),
    word_set("lawyer attorney solicitor barrister counsel"),
    word_set("researcher analyst expert scholar academic scientist specialist professor economist historian"),
    word_set(
        "politician senator congressman congresswoman lawmaker legislator parliamentarian representative deputy mp"
    ),
    word_set("diplomat ambassador envoy secretary minister representative"),
    word_set("official officer spokesman spokeswoman spokesperson secretary minister deputy"),
    word_set("doctor physician surgeon dr"),
    word_set("writer author novelist poet journalist columnist"),
    word_set("founder owner proprietor entrepreneur publisher businessman businesswoman"),
    word_set("rival opponent challenger"),
    word_set("singer musician star performer artist"),
    word_set("premier leader head"),
)
MALE_ROLES = word_set(
    """
    actor boy boyfriend brother businessman chairman congressman councilman dad father frontman gentleman grandfather
    grandson husband king man nephew prince salesman son spokesman statesman uncle waiter widower
    """
)
FEMALE_ROLES = word_set(
    """
    actress ballerina aunt businesswoman chairwoman congresswoman councilwoman daughter girl girlfriend grandmother
    granddaughter lady midwife mom mother mum niece nun princess queen saleswoman sister spokeswoman waitress widow
    wife woman
    """
)
#: One person described by another: "X's wife" is not X.
RELATIONS = word_set(
    """
    aunt boyfriend brother brother-in-law child cousin dad daughter daughter-in-law ex-husband ex-wife family fiance
    fiancé fiancée father father-in-law friend girlfriend granddaughter grandfather grandmother grandson half-brother
    half-sister husband mom mother mother-in-law mum nephew niece parent partner sister sister-in-law son son-in-law
    stepfather stepmother twin uncle widow widower wife
    """
)
#: Who speaks for an organization by trade; unnamed, the organization is the speaker ("an Acme spokesman").
SPOKESPEOPLE = word_set("spokesman spokeswoman spokesperson spokespeople spokesmen spokeswomen")
#: What speaks with an organization's own voice: "the paper's journalists", "the press service of the ministry".
OWN_VOICES = word_set("correspondents editors journalists newsroom press reporters") | frozenset(
    {"press service", "press office", "media office", "press release", "information office"}
)
#: What an organization is called once it is named; the last word of many names too ("the Post", "the ministry").
ORGANIZATION_NOUNS = word_set(
    """
    academy administration agency airline airport alliance army assembly association authority bank board broadcaster
    brokerage bureau cabinet campaign carrier center centre chain chamber channel charity church city-hall clinic club
    coalition college commission committee community company confederation congregation consortium cooperative
    corporation council court daily delegation department developer directorate division enterprise exchange factory
    federation firm force foundation fund garrison gazette giant government group guardian guild herald hospital hotel
    industry inquiry institute institution journal kremlin laboratory leadership league library lobby magazine mail
    maker management manufacturer ministry mission mosque museum navy network newspaper non-profit nonprofit
    observatory office opera operator opposition orchestra organisation organization outlet panel paper parish
    parliament party pentagon police portal post producer program programme prosecution publication publisher
    publishing regulator restaurant retailer school secretariat senate service shop society standard station studio
    supermarket supplier syndicate team telegraph theater theatre think-tank thinktank times treasury tribunal tribune
    trust union university utility watchdog weekly
    """
)
#: What any organization may be called, whatever its name.
GENERIC_ORGANIZATION_NOUNS = word_set(
    "agency body company firm giant group institution maker organisation organization outfit outlet publication"
)
#: Organizations have these words in their name: "the council" is not a company that the text has mentioned.
NAMED_ORGANIZATION_NOUNS = word_set(
    """
    academy assembly association authority board bureau cabinet chamber church clinic coalition college commission
    committee confederation congregation council court delegation department directorate federation force foundation
    fund garrison government guild hospital inquiry institute institution journal kremlin laboratory league library
    ministry mosque museum navy observatory office opera orchestra parish parliament party pentagon police post school
    secretariat senate society syndicate telegraph times treasury tribunal tribune trust union university
    """
)
#: Buildings and places that stand for the organization that sits there.
SEATS = frozenset(
    {
        "white house", "kremlin", "pentagon", "downing street", "10 downing street", "buckingham palace", "vatican",
        "holy see", "elysee", "elysee palace", "scotland yard", "capitol hill", "foggy bottom", "bundestag", "knesset",
        "duma", "state duma", "supreme court", "state department", "foreign office", "home office", "treasury",
    }
)  # fmt: skip
#: Nouns that end like those of trades and name no person.
NOT_PEOPLE = word_set(
    """
    answer banner barrier border broader centre chamber chapter character charter clear color colour computer corner
    corridor cover cancer danger disaster dinner disorder dollar door error factor fear floor filter flavor folder
    further gender grammar honor hour humor hunger interior labor layer letter list lower manner matter meter minor
    mirror monster motor murder newsletter number offer order other paper parlor particular planner poster power
    quarter ratio reminder rigor river rumor sector server shelter similar slander solar summer tenor terror thriller
    tower transfer trigger twitter vapor vector vigor wafer waiver water weather winter wonder year calendar seminar
    dossier flyer folder memoir chorus fist mist twist checklist playlist shortlist agenda
    """
)
#: Plural nouns that do not end in "s", and the ends of singular nouns that do.
PLURALS = word_set(
    "people police men women children staff media authorities folk clergy personnel both others some many"
)
SINGULAR_ENDS = ("ss", "us", "is", "ics", "ous")
#: Capital letters that stand for no organization named in the text.
NO_ACRONYMS = word_set(
    "AM PM TV OK ID CEO CFO COO MP MLA MPP MEP PM PHD MD JR SR II III IV AI IT PR HR VIP FAQ US U.S UK"
)
#: What may stand in an organization's name without giving its acronym a letter.
SMALL_WORDS = word_set("a an and at by de del des di du for in la le of on the to und y")
#: The legal form of an organization, no part of what distinguishes it from others.
LEGAL_FORMS = word_set("ag bv co corp corporation gmbh inc incorporated limited llc llp ltd nv oyj plc sa spa")

#: Short and full forms of given names in English use; both directions hold.
NICKNAMES: tuple[frozenset[str], ...] = tuple(
    map(
        word_set,
        """
        alexander alex sandy xander alec sasha|alexandra alex sandra sasha|alfred alf fred|andrew andy drew|anthony
        tony antonio|barbara barb|benjamin ben benny|bernard bernie|catherine katherine kathryn cathy kathy kate katie
        |charles charlie chuck|christina christine chris tina|christopher chris kit|cynthia cindy|daniel dan danny
        |david dave davey|deborah debra deb debbie|donald don donny donnie|dorothy dot dottie|douglas doug|edward ed
        eddie ted ned|elizabeth liz beth betty eliza lisa|emmanuel manny|eugene gene|frances fran|francis
        frank|frederick fred freddie|gabriel gabe|gerald gerry jerry|gregory greg|harold harry hal|henry harry
        hank|jacob jake |jacqueline jackie|james jim jimmy jamie|jeffrey geoffrey jeff geoff|jennifer jen jenny|jeremy
        jerry|jessica jess |john jack johnny jon|jonathan jon|joseph joe joey|joshua josh|judith judy|kenneth ken
        kenny|kimberly kim |lawrence larry laurence|leonard len leo lenny|leslie les|louis lou|margaret maggie meg
        peggy marge|martin marty |matthew matt|michael mike mick mickey|mitchell mitch|nancy nan|nathan nathaniel nate
        nat|nicholas nick |pamela pam|patricia pat patty tricia|patrick pat paddy|peter pete|philip phillip
        phil|raymond ray|rebecca becky |reginald reg|richard rick dick rich ricky|robert bob bobby rob robbie
        bert|ronald ron ronnie|samantha sam |samuel sam sammy|stanley stan|stephanie steph|stephen steven steve|susan
        sue suzanne|terence terrence terry |theodore ted theo|theresa teresa terry tess|thomas tom tommy|timothy
        tim|valerie val|victor vic|victoria vicky |vincent vince|walter walt|william bill will billy willie
        liam|zachary zach|vladimir volodya|ivan vanya""".split("|"),
    )
)
