"""The element, class and id names by which a page says what its parts are: data for ``markup``.

Sources: the HTML standard (elements, and what browsers show as blocks); class and id names of the page systems that
most newspapers run (WordPress, Drupal, Arc, Brightspot) and of large newspapers' own pages.
"""

from __future__ import annotations

import re

#: Elements that begin and end a line.
BLOCKS = frozenset(
    """
    address article aside blockquote body br button caption center dd details dialog dir div dl dt fieldset figcaption
    figure footer form frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html legend li main menu nav ol optgroup option
    p pre search section select summary table tbody td tfoot th thead title tr ul
    """.split()
)
#: Their content is neither parsed as markup nor shown.
RAW_TEXT = frozenset("script style textarea title iframe noembed noframes xmp".split())
#: Their content is not shown.
INVISIBLE = frozenset("template noscript svg math object datalist".split())
VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())
HEADINGS = frozenset("h2 h3 h4 h5 h6".split())
#: Not part of an article, whatever they hold.
BOILERPLATE = frozenset("nav footer aside form button select menu dialog search fieldset".split())
#: Their class names describe the page as a whole ("has-sidebar").
WHOLE_PAGE = frozenset("html body main article".split())

CAPTION_NAME = re.compile(
    r"""
    (?:^|[\s_-]) (?: wp-caption-text | captions? | figcaption | cutline | photo-?credits? | image-?credits? | credits? )
    (?:[_-]{1,2}(?:text|title|inner|body|content|credit|wrapper|container))? (?=\s|$)
    | (?:Caption|PhotoCredit|ImageCredit)(?:Text)? (?=[\s_]|$)
    """,
    re.VERBOSE,
)
BYLINE_NAME = re.compile(
    r"(?:^|[\s_-])(?:by-?line|authors?|author-?name|writer)(?:[_-]{1,2}(?:name|text|info|line))?(?=\s|$)"
    r"|Byline(?=[\s_]|$)"
)
BOILERPLATE_NAME = re.compile(
    r"""
    (?:^|[\s_-]) (?:
        ads? | advert\w* | adslot | ad-?(?:container|unit|wrapper|slot) | sponsor\w* | promo\w* | outbrain | taboola
      | related\w* | read-?(?:more|next|also) | more-?(?:stories|news|on|from) | most-?(?:read|popular) | popular
      | trending | recommend\w* | recirc\w* | you-?may-?(?:also-?)?like | see-?also | also-?read | up-?next | teasers?
      | inline-?links?
      | newsletter\w* | subscri\w+ | sign-?up | paywall | donat\w+ | support-?us | membership
      | shar(?:e|es|ing)\w* | social\w* | addtoany | follow(?:-?us)? | toolbar
      | comments? | comment-?(?:list|section|form|body|text|content|area) | respond | disqus\w* | discussion
      | cookies? | consent\w* | gdpr | cmp | onetrust\w* | banner | modal | popup | overlay | interstitial | toast
      | nav | navbar | navigation | menu | megamenu | breadcrumbs? | masthead | site-?(?:header|footer) | footer
      | skip-?link\w* | sidebar | widget\w* | rail | tags | tag-?(?:list|cloud) | topics? | pagination | pager
      | copyright | author-?(?:bio|box|card) | about-?(?:the-?)?author | feedback | poll | quiz | app-?promo
    ) (?=[\s_-]|$)
    """,
    re.VERBOSE | re.IGNORECASE,
)
HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
