"""What stands on a news page and is no part of the article: credits, captions, links, notices; and agencies' names.

Sources: the credit lines and caption labels of wire services and of the sites of large newspapers and broadcasters, as
they come along when a page is copied as text. All are patterns for ``re``; matched at the place their name says.
"""

from __future__ import annotations

from onrecord.transforms.lexicon.word_sets import word_set

#: News agencies and large news outlets as they sign: in datelines, after captions, after bylines.
AGENCIES = (
    r"AAP|AFP|AGERPRES|Agence France[- ]Presse|Al Bawaba|ALBAWABA|Al Jazeera|ANI|ANP|ANSA|Antara|AP"
    r"|The Associated Press|Associated Press|APA|Belga|Bernama|BNS|Bloomberg|Bloomberg News|BSS"
    r"|The Canadian Press|Canadian Press|CBC|CBC News|CNA|CNN|CNS|CP|CTV News|Dow Jones|dpa|DPA|EFE|EPA|GNA"
    r"|GNS|IANS|Interfax|IPS|IRNA|JTA|KUNA|Kyodo|Kyodo News|Lusa|MENA|MONTSAME|NAMPA|NAN|PA|PA Media|PAP|Petra"
    r"|PNA|Press Association|PTI|QNA|Reuters|REUTERS|RFE/RL|RIA Novosti|RNS|SANA|SPA|STA|TASS|Tasnim"
    r"|Thomson Reuters|UNB|UPI|WAM|Xinhua|Yonhap"
)
#: Sources of pictures: an agency's name, or one of these, closes a caption.
PICTURE_SOURCES = (
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
    r"(?:continue reading|read full story|read more(?: here)?|more ?>>+|see also|related(?: stories|"
    r" articles)?)[.:…]*",
    r"(?:click here )?to subscribe\b.{0,60}|subscribe (?:now|today)\b.{0,60}|sign up (?:here|now|today)\b.{0,60}",
    r"share (?:this(?: article| story| post| page)?|on (?:facebook|twitter|x|whatsapp|linkedin|email)).{0,40}",
    r"skip (?:advertisement|to (?:main )?content)",
    # newsletters, applications, channels
    r"(?:sign up|subscribe|register) (?:for|to|here for) (?:our|the|your|free) .{0,90}",
    r"(?:get|receive|have) .{3,80}(?:delivered |sent |straight |right |direct(?:ly)? )?(?:to|in|into) your"
    r" (?:inbox|email)\b.{0,60}",
    r"(?:by (?:signing up|subscribing|submitting|registering|clicking)),? .{3,160}(?:terms|policy|privacy"
    r"|emails?|marketing)\b.{0,80}",
    r"(?:click|tap|press) (?:here|on the link|this link|the link) (?:to|for|below)\b.{0,100}",
    r"(?:download|install|get) (?:the|our) .{0,40}\bapp\b.{0,80}",
    r"(?:follow|like|join|find|add) (?:us|our|[\w ]{2,30}) (?:channel |group |page |now )?(?:on|at|in) "
    r"(?:facebook|twitter|x|instagram|linkedin|youtube|tiktok|whatsapp|telegram|google news|threads"
    r"|flipboard)\b.{0,80}",
    r"(?:join|follow|subscribe to) our (?:official )?(?:facebook|twitter|whatsapp|telegram|youtube)\b.{0,80}",
    r"(?:for (?:all )?(?:the )?(?:more|latest)|stay (?:tuned|updated|informed|connected)|catch (?:all )?the"
    r" latest|get the latest) "
    r".{0,70}(?:follow us|download|log on|visit (?:us|our)|subscribe|click|sign up|stay tuned)\b.{0,80}",
    r"(?:please )?(?:support|donate to|contribute to) (?:our|independent|quality) .{0,30}(?:journalism|reporting"
    r"|newsroom)\b.{0,60}",
    r"already a (?:subscriber|member)\?.{0,30}|(?:log|sign) in(?: or (?:register|subscribe|sign up))?",
    r"(?:give|gift) this article|read in (?:the )?app|opens in (?:a )?new window",
    r"click to (?:share|email|print)\b.{0,60}|share or comment on this article\b.{0,200}",
    # consent
    r"we value your privacy|we and our (?:\d+ )?partners\b.{0,300}|(?:i )?agree|more options|your (?:ad"
    r"|privacy) choices",
    r"(?:we|this (?:web)?site|our (?:web)?site)(?: and our .{2,30})? uses? cookies\b.{0,300}",
    r"(?:accept|reject|manage)(?: all)?(?: cookies| preferences| settings)?|(?:cookie|privacy) (?:policy"
    r"|settings|notice|preferences)",
    r"by continuing to (?:use|browse) .{0,160}",
    # the page's own tools
    r"(?:print|e-?mail|tweet|share|save|comment|copy link|facebook|twitter|whatsapp|linkedin|reddit|pinterest"
    r"|telegram|messenger)"
    r"(?:(?:\s*[|/•·,]\s*|\s+)(?:print|e-?mail|tweet|share|save|comment|copy link|facebook|twitter|whatsapp"
    r"|linkedin|reddit"
    r"|pinterest|telegram|messenger)){1,9}",
    r"(?:e-?mail|send|print|share)(?: this)?(?: story| article| page)?(?: to a friend)(?:\s*[|/].{0,40})?"
    r"|printer[- ]friendly(?: version)?",
    r"print (?:this|send)\b.{0,20}\bviews?: ?[\d,.]+|views?: ?[\d,.]+|\d+ (?:views|shares|likes)",
    r"\d{1,3}[ -]min(?:ute)?s?(?: read)?|(?:estimated )?reading time:? .{1,20}",
    r"(?:\d+ |no |view |show |post a |leave a |add a |write a )?(?:comments?|repl(?:y|ies))(?: ?\(\d+\)| below)?"
    r"|comments are closed\.?",
    r"(?:join the conversation|have your say|what do you think\? .{0,40}comments?\b.{0,30}|let us know in the"
    r" comments.{0,20})",
    r"listen to (?:this )?(?:article|story)\b.{0,30}|watch (?:the )?(?:video|live)(?: below| above| here)?[.:]?"
    r"|play video|scroll down for video",
    r"(?:tags?|topics?|keywords|filed under|categories|category|posted in|tagged)\s?: .{2,120}",
    r"(?:[A-Z]\w+(?: \w+)?\s*[|]\s*){2,9}[A-Z]\w+(?: \w+)?",  # Home | News | Sport
    r"\[(photo|image|img|video|caption|gallery|embed|url)[^\]]*\].{0,400}\[/\1\]",
    r"posted (?:on|in) .{3,60}(?: by [A-Z].{2,40}| tagged .{2,60})|\d{1,2} ?/ ?\d{1,2}"
    r"|[-+]?\d{1,2} ?°[CF]\b.{0,30}|[☰×✕≡]",
    r"proudly powered by .{3,120}|(?:terms of (?:service|use)|privacy policy|cookie policy|sitemap|advertise with us)",
    r"the views expressed in (?:the )?(?:contents|comments)\b.{0,160}",
    # rights and how the text came about
    r"(?:copyright\s*)?(?:©|\(c\)|copyright)\s*(?:copyright\s*)?(?:19|20)\d\d\b.{0,160}",
    r"this (?:material|story|article|content) may not be (?:published|reproduced|copied)\b.{0,160}",
    r"[(\[]?(?:this|the) (?:article|story|report|column|piece|interview|op-ed)(?: was| has been| is)?(?: also)?"
    r" (?:first|originally) (?:appeared|published|posted)\b.{0,140}",
    r"(?:first|originally) (?:appeared|published) (?:in|on|by|at)\b.{0,100}",
    r"[(\[]?(?:except for the headline, )?this (?:story|article|report|content|copy) (?:has|was) (?:not been"
    r"|been|not) "
    r"(?:edited|created|generated|published|auto-generated)\b.{0,140}",
    r"[(\[](?:this|the) (?:article|story|report) (?:was|is) (?:written|compiled|reported|edited|contributed)"
    r" (?:by|from)\b.{3,160}[)\]]\.?",
    r"[(\[]?(?:additional )?(?:reporting|writing|report|compiled|edited|editing|writing and reporting) by"
    r" [A-Z].{2,160}"
    r"(?:;|\bediting by\b|\badditional reporting\b).{2,160}",
    r"[(\[](?:additional )?(?:reporting|writing|compiled|edited|editing|story) by [A-Z].{2,160}[)\]]\.?",
    r"(?:(?:the )?associated press|reuters|ap|afp|bloomberg|canadian press|cnn)(?: news)?(?:'s|’s)? (?:writers?"
    r"|reporters?|journalists?|staff|correspondents?)"
    r" .{3,120} contributed(?: to this (?:report|story|article))?\.?",
    r"our standards: the thomson reuters trust principles.{0,3}",
    r"[(\[]?with (?:agency )?inputs? from .{2,60}|[(\[]with [\w ]{2,30}inputs?[)\]]",
    r"report (?:a|an) (?:typo|error|correction)\b.{0,60}|(?:see|spot|notice) (?:a|an) (?:typo|mistake"
    r"|error)\b.{0,80}",
    r"got a (?:story|tip|news tip)\b.{0,120}",
    r"also on [\w ]{2,20}:",
    r"[—–-]*\s*with (?:files|a file|a report|reports|reporting) (?:from|by) [^.!?]{3,90}\.?",
    r"(?:[•·*]\s*)?(?:e-?mail|twitter|contact)\s*:\s*\S+@\S+.{0,60}",
    r"[*_=~—–\s-]{3,}",
)
#: So is one that ends like this; each beside the words without which it does not.
NOTICE_ENDINGS = {
    "sign up": r".{0,120}\bsign up (?:for|to) (?:our|the) .{0,40}\bnewsletters?\b.{0,40}",
    "delivered": r".{0,120}\bdelivered (?:straight |right |directly )?to your inbox\b.{0,200}",
    "all rights": r".{0,60}\ball rights reserved\b.{0,60}",
    "contributed": r".{3,120}\bcontributed(?: reporting)? to this (?:report|story|article)(?: from [\w ,.]+)?\.?",
}
#: The first word in a line of ``NOTICES``, unless it has none, a "©", bars between words, or "[" before it.
NOTICE_OPENERS = word_set(
    """
    accept add additional advertise advertisement advertisements advertisment advertisments afp agree already also
    ap article associated bloomberg by c canadian catch categories category click cnn comment comments compiled
    contact continue contribute cookie copy copyright donate download e edited editing email estimated except f
    facebook filed find first follow for get gift give got have i install join keywords leave let like likes
    linkedin listen log manage messenger min mins minute minutes more no notice opens originally our photo pinterest
    play please post posted press print printer privacy proudly read reading receive reddit register reject related
    replies reply report reporting reuters save scroll see send share shares show sign sitemap skip spot stay story
    subscribe support tag tagged tags tap telegram terms the this to topic topics tweet twitter view views watch we
    what whatsapp with write writing your
    """
)
#: A line that opens like this, a mark after it, points to another article: the opener, in capitals or title case.
POINTERS = (
    r"(?:READ|WATCH|LISTEN|LOOK|SEE)(?: (?:MORE|ALSO|BELOW|ABOVE|NOW|HERE|NEXT|TOO))?"
    r"|(?:ALSO|MUST) (?:READ|WATCH|SEE)|ALSO ON \w+"
    r"|(?:RELATED|MORE)(?: (?:READING|NEWS|STORIES|VIDEO|COVERAGE|ON THIS))?"
)
#: A line that opens the comments of readers: all after it is theirs and the page's.
COMMENT_OPENERS = (
    r"leave a (?:reply|comment)(?: .{0,20})?|\d+ (?:thoughts?|responses?|comments?) (?:on|to) .{3,160}|have your say",
    r"(?:reader |readers[’'] )?comments ?(?:\(\d+\)|\d+)|(?:join|start) the (?:discussion|conversation)",
    r"the comments below have (?:not )?been moderated.{0,60}|your email address will not be published\b.{0,80}",
)
#: What stands in the menus of news pages, as whole lines.
MENU_WORDS = frozenset(
    """about us|advertise|advertise with us|archive|archives|arts|business|careers|cities|classifieds|contact|contact us
    |culture|economy|editorial|education|entertainment|environment|events|facebook|fashion|features|femail|finance|food
    |gallery|health|help|home|instagram|jobs|latest|latest news|lifestyle|linkedin|live|local|log in|login
    |magazine|markets|menu|metro|money|more|multimedia|national|news|newsletter|newsletters|obituaries|opinion|photos|podcasts
    |politics|privacy policy|property|real estate|regional|register|royals|rss|science|search|sections|showbiz|sign in
    |sitemap|society|sport|sports|style|subscribe|tech|technology|terms of service|terms of use|travel|tv|twitter|u.s.
    |uk|us|video|videos|weather|what's on|world|youtube""".replace("\n    ", "").split("|")
)
#: A line that opens a list of other articles.
LIST_OPENERS = (
    r"(?:also|must|further) read(?:ing)?:?|read (?:more|also|next|further|now)(?: on this(?: story)?)?\s?[:.…]?",
    r"(?:related|recommended|other|similar|more|latest|top|trending|popular|recent|featured)"
    r" (?:stories|articles|news|posts|content|coverage|reading|reads|topics|links|headlines)(?: (?:today|now"
    r"|this week))?:?",
    r"other (?:news|stories|articles) in this section:?|more (?:on|from|about) (?:this|the) (?:story|topic"
    r"|section|author|series)[:.]?",
    r"most (?:read|popular|viewed|shared)(?: stories| articles| news| posts)?:?|trending(?: now)?:?"
    r"|editor[’']?s[’']? (?:picks?|choice):?",
    r"you (?:may|might|could) (?:also )?(?:like|be interested in|enjoy)\b.{0,20}|recommended(?: for you|"
    r" reading)?:?|don[’']t miss:?",
    r"related:?|see also:?|up next:?|in case you missed it:?|what to read next:?",
)
#: Words in capitals at the head of an article that name no place.
NOT_PLACES = frozenset(
    """
    ADVISORY ALERT ANALYSIS BREAKING BRIEF COLUMN COMMENT COMMENTARY CORRECTION EDITORIAL EDITOR EXCLUSIVE
    EXPLAINED EXPLAINER FACT FACTBOX FEATURE FILE FLASH GALLERY IMPORTANT INTERVIEW INVESTIGATION JUST LATEST
    LISTEN LIVE LOOK MORE NOTE NOW OBITUARY OPED OPINION PHOTO PHOTOS PODCAST POLL PREVIEW PROFILE QUIZ READ
    RELATED REPORT REVIEW SEE SPECIAL SUMMARY TIMELINE TRANSCRIPT UPDATE UPDATED UPDATES URGENT VIDEO VIEWPOINT
    VIEW WATCH WARNING
    """.split()
)
#: A name at the head of an article that holds one of these is that of a news outlet.
NEWS_OUTLET_WORDS = frozenset(
    "news today times post press agency tribune herald gazette daily observer guardian standard mail".split()
)
