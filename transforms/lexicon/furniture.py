"""What stands on a news page and is no part of the story: credits, captions, links, notices; and agencies' names.

Sources: the credit lines and caption labels of wire services and of the sites of large newspapers and broadcasters, as
they come along when a page is copied as text. All are patterns for ``re``; matched at the place their name says.
"""

#: News agencies and large news houses as they sign: in datelines, after captions, behind bylines.
AGENCIES = (
    r"AAP|AFP|AGERPRES|Agence France[- ]Presse|Al Bawaba|ALBAWABA|Al Jazeera|ANI|ANP|ANSA|Antara|AP"
    r"|The Associated Press|Associated Press|APA|Belga|Bernama|BNS|Bloomberg|Bloomberg News|BSS"
    r"|The Canadian Press|Canadian Press|CBC|CBC News|CNA|CNN|CNS|CP|CTV News|Dow Jones|dpa|DPA|EFE|EPA|GNA"
    r"|GNS|IANS|Interfax|IPS|IRNA|JTA|KUNA|Kyodo|Kyodo News|Lusa|MENA|MONTSAME|NAMPA|NAN|PA|PA Media|PAP|Petra"
    r"|PNA|Press Association|PTI|QNA|Reuters|REUTERS|RFE/RL|RIA Novosti|RNS|SANA|SPA|STA|TASS|Tasnim"
    r"|Thomson Reuters|UNB|UPI|WAM|Xinhua|Yonhap"
)
#: Who sells pictures: an agency's name, or one of these, closes a caption.
PICTURE_HOUSES = (
    r"Getty Images|Getty|Shutterstock|iStock|Alamy|Unsplash|Pixabay|Dreamstime|Zuma(?: Press)?|Anadolu(?: Agency)?"
    r"|Sipa(?: USA)?|Rex|Instagram|Facebook|Twitter|Flickr|YouTube|Handout|Screenshot|Submitted|Supplied|File"
    r"|AP Photo|File Photo|Postmedia|Postmedia News|National Post|Toronto Star|TORONTO STAR|Star file photo"
    r"|The Globe and Mail|Global News|CTV|The New York Times|The Washington Post"
)
#: A line that opens like this is the caption or the credit of a picture.
CAPTION_OPENERS = (
    r"(?:file |stock )?(?:photo|photograph|picture|image|illustration|pic)s?\s?(?:credits?|courtesy|source)?\s?"
    r"(?::|\||©|(?:courtesy of|supplied by|taken by|by)\b)",
    r"(?:photo|image|picture|video) (?:credit|courtesy|source|copyright)\b",
    r"open this photo in gallery\b",
    r"view image in full ?screen\b",
    r"(?:enlarge|toggle|hide) (?:this image|caption)\b",
    r"(?:image|media) (?:caption|source|copyright)\b",
    r"(?:getty images|©|\(c\) )",
)
#: A whole line like this is a notice of the page.
NOTICES = (
    r"advertise?ments?",
    r"(?:story|article) continue[sd] below(?: (?:this )?advertisement)?\.?",
    r"(?:continue reading|read full story|read more(?: here)?|more ?>>+|see also|related(?: stories| articles)?)[.:…]*",
    r"(?:click here )?to subscribe\b.{0,60}|subscribe (?:now|today)\b.{0,60}|sign up (?:here|now|today)\b.{0,60}",
    r"share (?:this(?: article| story)?|on (?:facebook|twitter|whatsapp)).{0,40}",
    r"skip (?:advertisement|to content)",
    r"also on [\w ]{2,20}:",
    r"[—–-]*\s*with (?:files|a file|a report|reports|reporting) (?:from|by) [^.!?]{3,90}\.?",
    r"(?:[•·*]\s*)?(?:e-?mail|twitter|contact)\s*:\s*\S+@\S+.{0,60}",
    r"[*_=~—–\s-]{3,}",
)
#: A line that opens like this, a mark after it, points to another story: the opener, in capitals or title case.
POINTERS = (
    r"(?:READ|WATCH|LISTEN|LOOK|SEE)(?: (?:MORE|ALSO|BELOW|ABOVE|NOW|HERE|NEXT|TOO))?"
    r"|(?:ALSO|MUST) (?:READ|WATCH|SEE)|ALSO ON \w+"
    r"|(?:RELATED|MORE)(?: (?:READING|NEWS|STORIES|VIDEO|COVERAGE|ON THIS))?"
)
#: Words in capitals at the head of a story that name no place.
NO_PLACES = frozenset(
    """
    ADVISORY ALERT ANALYSIS BREAKING BRIEF COLUMN COMMENT COMMENTARY CORRECTION EDITORIAL EDITOR EXCLUSIVE
    EXPLAINED EXPLAINER FACT FACTBOX FEATURE FILE FLASH GALLERY IMPORTANT INTERVIEW INVESTIGATION JUST LATEST
    LISTEN LIVE LOOK MORE NOTE NOW OBITUARY OPED OPINION PHOTO PHOTOS PODCAST POLL PREVIEW PROFILE QUIZ READ
    RELATED REPORT REVIEW SEE SPECIAL SUMMARY TIMELINE TRANSCRIPT UPDATE UPDATED UPDATES URGENT VIDEO VIEWPOINT
    VIEW WATCH WARNING
    """.split()
)
#: A name at the head of a story that holds one of these is that of a news house.
NEWS_HOUSE_WORDS = frozenset(
    "news today times post press agency tribune herald gazette daily observer guardian standard mail".split()
)
