"""Eight unrelated designs of news pages, around the paragraphs of an article: what ``html_pages`` builds its pages in.

None is a template of another: they differ in elements, names, nesting, soundness and in what stands around the article.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from random import Random


@dataclass(frozen=True, slots=True, kw_only=True)
class PageArticle:
    """An article to be laid out, and what a page has beside it. ``teasers`` are lines of other articles."""

    title: str
    byline: str
    date: str
    site: str
    paragraphs: Sequence[str]
    teasers: Sequence[str]
    comments: Sequence[str]
    rng: Random

    def teaser(self) -> str:
        return escape(self.rng.choice(self.teasers))

    def caption(self) -> str:
        words = self.rng.choice(self.teasers).split()[:14]
        return escape(" ".join(words)) + self.rng.choice(
            [". Photo: Jane Doe/Reuters", " (AP Photo/John Roe)", ". Getty Images", " | File photo", "."]
        )

    def inline(self, text: str) -> str:
        """The paragraph with a link, an emphasis or a bare span somewhere in it."""
        words = escape(text, quote=False).split(" ")
        if len(words) > 8:
            at = self.rng.randrange(1, len(words) - 4)
            opening, closing = self.rng.choice(
                [
                    ('<a href="/topic/x?a=1&amp;b=2">', "</a>"),
                    ("<em>", "</em>"),
                    ("<strong>", "</strong>"),
                    ('<span data-x="a>b">', "</span>"),
                    ("", ""),
                ]
            )
            words[at] = opening + words[at]
            words[at + 2] += closing
        return " ".join(words)


Design = Callable[[PageArticle], str]


def weblog(s: PageArticle) -> str:
    """A WordPress site: sharing buttons, related posts and widgets, sound markup."""
    body = [f"<p>{s.inline(p)}</p>" for p in s.paragraphs]
    body.insert(
        1,
        f'<figure class="wp-caption alignright"><img src="a.jpg" alt="x"><figcaption class="wp-caption-text">{s.caption()}</figcaption></figure>',
    )
    body.insert(
        len(body) // 2, f'<div class="wp-block-embed"><a class="post-link" href="/x">Also read: {s.teaser()}</a></div>'
    )
    related = "".join(
        f'<li><h4 class="entry-title"><a href="/{n}">{s.teaser()}</a></h4><span>March {n}, 2022</span></li>'
        for n in range(1, 5)
    )
    comments = "".join(
        f'<li class="comment"><div class="comment-author vcard"><cite class="fn">Reader {n}</cite> says:</div><div class="comment-content"><p>{escape(c)}</p></div><a class="comment-reply-link" href="#r">Reply</a></li>'
        for n, c in enumerate(s.comments)
    )
    return f"""<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{escape(s.title)} | {s.site}</title>
<meta property="og:title" content="{escape(s.title)}"><meta property="og:site_name" content="{s.site}">
<meta property="article:published_time" content="{s.date}T08:15:00+02:00"><meta name="author" content="{s.byline}">
<style>p {{ color: #111 }}</style><script>var a = "<p>No text</p>";</script></head>
<body class="single-post has-sidebar nav-open"><a class="skip-link screen-reader-text" href="#content">Skip to content</a>
<header id="masthead" class="site-header"><p class="site-description">News for everybody</p><nav class="main-navigation"><ul><li><a href="/">Home</a></li><li><a href="/n">News</a></li><li><a href="/s">Sport</a></li></ul></nav></header>
<div id="content"><main><article class="post type-post"><header class="entry-header"><h1 class="entry-title">{escape(s.title)}</h1>
<div class="entry-meta">Posted on <time datetime="{s.date}">{s.date}</time> by <span class="author vcard"><a rel="author" href="/a">{s.byline}</a></span></div></header>
<div class="entry-content">
{chr(10).join(body)}
<div class="sharedaddy sd-sharing-enabled"><h3 class="sd-title">Share this:</h3><ul><li><a href="#">Click to share on Twitter (Opens in new window)</a></li><li><a href="#">Click to share on Facebook (Opens in new window)</a></li></ul></div>
<div id="jp-relatedposts" class="jp-relatedposts"><h3>Related</h3><ul>{related}</ul></div></div>
<footer class="entry-footer">Posted in <a href="/c">Politics</a> Tagged <a href="/t">Economy</a></footer></article>
<div id="comments" class="comments-area"><h2>{len(s.comments)} thoughts on “{escape(s.title)}”</h2><ol class="comment-list">{comments}</ol><div id="respond"><h3>Leave a Reply</h3><p>Your email address will not be published. Required fields are marked *</p></div></div></main>
<aside id="secondary" class="widget-area"><section class="widget"><h2>Recent Posts</h2><ul>{related}</ul></section></aside></div>
<footer id="colophon"><p>Proudly powered by WordPress. Copyright 2022 {s.site}. All rights reserved.</p></footer></body></html>"""


def broadsheet(s: PageArticle) -> str:
    """A page made by scripts: hashed class names, newsletters inside the text, metadata as JSON."""
    body = []
    for n, p in enumerate(s.paragraphs):
        body.append(f'<div class="css-s99gbd"><p class="css-at9mc1 evys1bk0">{s.inline(p)}</p></div>')
        if n == 1:
            body.append(
                f'<div data-testid="imageblock-wrapper"><figure class="css-1a48zt4" aria-label="media"><div class="css-bsn42l"><img alt="" src="x.jpg"></div><figcaption class="css-1l44abu ewdxa0s0"><span class="css-jevhma">{s.caption()}</span><span class="css-1u46b97"><span class="css-cnj6d5">Credit...</span><span>Jane Doe for {s.site}</span></span></figcaption></figure></div>'
            )
        if n == 2:
            body.append(
                '<div class="css-1j9ncv1 newsletter-module"><h3>Sign up for the Morning Briefing</h3><p>What you need to know to start the day, delivered to your inbox. By signing up you agree to our terms and receive marketing mail.</p><button>Sign up</button></div>'
            )
        if n == 4:
            body.append(
                f'<aside class="css-ew4tgv" aria-label="companion column"><h2>More on this</h2><ul><li><a href="/1">{s.teaser()}</a></li><li><a href="/2">{s.teaser()}</a></li></ul></aside>'
            )
    return f"""<!doctype html><html lang="en"><head><title data-rh="true">{escape(s.title)} - {s.site}</title>
<script type="application/ld+json">{{"@context":"https://schema.org","@type":"NewsArticle","headline":"{s.title.replace(chr(34), "'")}","datePublished":"{s.date}T05:00:11.000Z","author":[{{"@type":"Person","name":"{s.byline}"}}],"publisher":{{"@type":"Organization","name":"{s.site}"}}}}</script></head>
<body><div id="app"><div><div class="css-consent" role="dialog" id="gdpr-dock"><p>We use cookies and similar methods to recognize visitors and remember their preferences. To learn more about these methods, including how to disable them, view our cookie policy.</p><button>Accept</button><button>Reject</button></div>
<header class="css-1bymuyk"><section><button aria-label="Sections Navigation">Sections</button><a href="#site-content">SKIP TO MAIN CONTENT</a><ul><li>World</li><li>U.S.</li><li>Politics</li></ul></section></header>
<main id="site-content"><div><article id="story" class="css-1vxca1d"><div id="top-wrapper"><div class="ad top-ad">Advertisement</div><a href="#after-top">SKIP ADVERTISEMENT</a></div>
<header class="css-4x9b3z"><h1 class="css-1l8buln" data-testid="headline">{escape(s.title)}</h1></header>
<div class="css-1sw3a89"><div><p class="css-byline e1jsehar1">By <span itemprop="name">{s.byline}</span></p></div><time datetime="{s.date}T01:00:11-04:00">{s.date}</time><div class="share-tools"><ul><li>Give this article</li><li>Read in app</li></ul></div></div>
<section name="articleBody" class="meteredContent css-1r7ky0e"><div class="css-53u6y8">{"".join(body)}</div></section>
<div class="bottom-of-article"><p class="css-author-note">{s.byline} is a staff writer covering national affairs. <a href="#">More about {s.byline}</a></p></div></article></div>
<section class="css-recirc"><h2>Trending in {s.site}</h2>{"".join(f'<article><a href="#"><h3>{s.teaser()}</h3><p>{s.teaser()}</p></a></article>' for _ in range(4))}</section></main>
<footer><ul><li>© 2022 {s.site} Company</li><li>Terms of Service</li><li>Your Ad Choices</li></ul></footer></div></div><script>window.__preloadedData = {{"a":"<div>x</div>"}};</script></body></html>"""


def tables(s: PageArticle) -> str:
    """A page of the year 2001: nested tables, fonts, two line breaks for a paragraph, capitals, little is closed."""
    text = "<BR><BR>\n".join(s.inline(p) for p in s.paragraphs)
    links = "".join(
        f'<TR><TD BGCOLOR=#EEEEEE><FONT SIZE=1><A HREF="s{n}.htm">{s.teaser()}</A></FONT>' for n in range(6)
    )
    return f"""<HTML><HEAD><TITLE>{s.site}: {escape(s.title)}</TITLE><META NAME=date CONTENT="{s.date}">
<BODY BGCOLOR=#FFFFFF TEXT=#000000 LINK=#003399><CENTER><TABLE WIDTH=760 BORDER=0><TR><TD COLSPAN=3><IMG SRC=logo.gif ALT="{s.site}">
<TR><TD COLSPAN=3><FONT SIZE=2><A HREF=/>Home</A> | <A HREF=/n>News</A> | <A HREF=/b>Business</A> | <A HREF=/w>Weather</A> | <A HREF=/c>Classifieds</A></FONT>
<TR><TD VALIGN=top WIDTH=140><TABLE><TR><TD><B>Headlines</B>{links}</TABLE>
<TD VALIGN=top WIDTH=480><TABLE CELLPADDING=6><TR><TD><FONT SIZE=5><B>{escape(s.title)}</B></FONT><BR><FONT SIZE=2><I>By {s.byline}</I><BR>{s.date}</FONT>
<TABLE ALIGN=right WIDTH=200><TR><TD><IMG SRC=p.jpg><BR><FONT SIZE=1>{s.caption()}</FONT></TABLE>
<P><FONT FACE="Times" SIZE=3>
{text}
</FONT><P><FONT SIZE=1><A HREF="m">E-mail this story to a friend</A> | <A HREF="p">Printer friendly version</A></FONT></TABLE>
<TD VALIGN=top WIDTH=140><FONT SIZE=1><B>Advertisement</B><BR>Low rates on home loans. Apply today.<P><B>Poll</B><BR>Should the city build a new bridge? <A HREF=v>Vote now</A></FONT>
<TR><TD COLSPAN=3 ALIGN=center><FONT SIZE=1>Copyright 2001 {s.site}. All rights reserved. <A HREF=t>Terms of use</A></FONT></TABLE></CENTER>"""


def tabloid(s: PageArticle) -> str:
    """Teasers between all paragraphs, a consent banner before everything, paragraphs that are not closed, voted comments."""
    body = []
    for n, p in enumerate(s.paragraphs):
        body.append(f'<p class="mol-para-with-font">{s.inline(p)}')
        if n % 3 == 1:
            body.append(
                f'<div class="read-more-links"><h3 class="mol-factbox-title">READ MORE: </h3><a href="/x">{s.teaser()}</a></div>'
            )
        if n % 4 == 2:
            body.append(
                f'<div class="artSplitter"><div class="image-wrap"><img src="b.jpg"></div><p class="imageCaption">{s.caption()}</p></div>'
            )
        if n % 5 == 3:
            body.append('<div class="adHolder advert-slot" id="mpu-2"><span>Advertisement</span></div>')
    votes = "".join(
        f'<div class="comment-item"><span class="user-name">user{n}</span><span class="loc">Leeds, United Kingdom, {n} hours ago</span><p>{escape(c)}</p><button>{n * 7} up</button><button>{n} down</button></div>'
        for n, c in enumerate(s.comments, 1)
    )
    rail = "".join(f'<li><a href="/{n}"><strong>{n}</strong> {s.teaser()}</a></li>' for n in range(1, 9))
    return f"""<html><head><meta http-equiv=Content-Type content="text/html; charset=utf-8"><title>{escape(s.title)} | {s.site}</title>
<meta property="article:published_time" content="{s.date}T22:10:05+0000"/><meta name=author content="{s.byline}"></head><body>
<div id="onetrust-banner-sdk" class="cookie-banner"><h2>We value your privacy</h2><p>We and our 842 partners store and access information on a device, such as cookies, and process personal data to show personalised advertising and content. With your permission we may use precise location data.</p><button>AGREE</button><button>MORE OPTIONS</button></div>
<div class="page-header bdrgr2"><ul class="nav-primary cleared"><li>Home<li>Showbiz<li>Femail<li>Royals<li>Health<li>Sports</ul></div>
<div id="content" class="article-wide"><div class="alpha"><div class="article-text"><div id="js-article-text" class="article-text wide">
<h1>{escape(s.title)}</h1><ul class="mol-bullets-with-font"><li class="teaser-bullet"><strong>Scroll down for video</strong></ul>
<p class="author-section byline-plain">By <a class=author href="/a">{s.byline}</a></p><p class="byline-section"><span class="article-timestamp"><b>Published:</b> {s.date}</span> | <span>Updated: {s.date}</span></p>
<div class="shareArticles"><ul><li>e-mail</li><li>18 shares</li></ul></div>
<div itemprop="articleBody">{chr(10).join(body)}</div></div>
<div class="related-carousel"><h4>Share or comment on this article: {escape(s.title)}</h4></div>
<div id="reader-comments" class="reader-comments"><h3>Comments {len(s.comments)}</h3><p>The comments below have not been moderated.</p>{votes}<p>The views expressed in the contents above are those of our users and do not necessarily reflect the views of {s.site}.</p></div></div></div>
<div class="beta"><div class="puff-list"><h3>DON'T MISS</h3><ul>{rail}</ul></div></div></div>
<div class="page-footer"><ul><li>Sitemap<li>Archive<li>Contact us<li>Privacy Policy</ul></div></body>"""


def agency(s: PageArticle) -> str:
    """A state agency's portal: one form around the page, paragraphs as blocks without <p>, entities for blanks."""
    body = "".join(
        f'<div style="text-align: justify;"><span style="font-size: 12pt;">{s.inline(p).replace(", ", ",&nbsp;", 1)}</span></div><div>&nbsp;</div>'
        for p in s.paragraphs
    )
    menu = "".join(
        f'<li><a href="#">{w}</a></li>'
        for w in ("Home", "Politics", "Economy", "Society", "Culture", "Sports", "About us")
    )
    return f"""<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html xmlns="http://www.w3.org/1999/xhtml"><head id="ctl00_Head1"><title>
	{escape(s.title)}
</title></head><body><form name="aspnetForm" method="post" action="news.aspx?id=1" id="aspnetForm"><div><input type="hidden" name="__VIEWSTATE" value="/wEPDwUK" /></div>
<div id="ctl00_wrapper"><div id="ctl00_top"><div class="langs"><a href="#">English</a> <a href="#">Français</a></div><ul id="ctl00_menu">{menu}</ul></div>
<table width="100%"><tr><td class="leftcol" valign="top"><div class="box"><div class="boxtitle">Latest news</div>{"".join(f'<div class="boxitem"><a href="#">{s.teaser()}</a> <small>{n} min ago</small></div>' for n in range(1, 8))}</div></td>
<td class="maincol" valign="top"><div id="ctl00_body_pnlNews"><span id="ctl00_body_lblDate" class="date">{s.date} 10:30</span><br />
<span id="ctl00_body_lblTitle" class="newstitle"><h1>{escape(s.title)}</h1></span>
<div class="imgbox"><img src="n.jpg" alt="" /><div class="image-caption">{s.caption()}</div></div>
<div id="ctl00_body_lblText" class="newstext">{body}</div>
<div class="tools"><a href="#">Print</a> <a href="#">Send to a friend</a> Views: 1204</div>
<div class="othernews"><div class="boxtitle">Other news in this section</div><ul>{"".join(f"<li>{s.teaser()}</li>" for _ in range(4))}</ul></div></div></td>
<td class="rightcol" valign="top"><div class="box"><div class="boxtitle">Exchange rates</div><table><tr><td>USD</td><td>1.08</td></tr><tr><td>GBP</td><td>0.85</td></tr></table></div></td></tr></table>
<div id="ctl00_footer">{s.site}. When using materials a link to the site is required. Developed by Web Studio.</div></div></form></body></html>"""


def mobile(s: PageArticle) -> str:
    """A page for telephones: elements of its own, an accordion, a list of links, a bar for sharing."""
    body = []
    for n, p in enumerate(s.paragraphs):
        body.append(f"<p>{s.inline(p)}</p>")
        if n == 0:
            body.append(
                f'<figure><amp-img src="a.jpg" width=800 height=450 layout=responsive></amp-img><figcaption>{s.caption()}</figcaption></figure>'
            )
        if n % 4 == 3:
            body.append(
                '<amp-ad type="doubleclick" width=300 height=250><div placeholder></div><div fallback>Advertisement</div></amp-ad>'
            )
        if n == 2:
            body.append(f'<div class="also-read"><strong>Also read | </strong><a href="/x">{s.teaser()}</a></div>')
    return f"""<!doctype html><html ⚡ lang="en"><head><meta charset="utf-8"><title>{escape(s.title)}</title><link rel="canonical" href="https://news.example/{s.date}/story">
<style amp-boilerplate>body{{visibility:hidden}}</style><noscript><style>body{{visibility:visible}}</style></noscript>
<script type="application/ld+json">{{"@type":"NewsArticle","datePublished":"{s.date}T09:00:00+05:30","author":{{"name":"{s.byline}"}},"publisher":{{"name":"{s.site}"}}}}</script></head><body>
<amp-sidebar id="sidebar1" layout="nodisplay"><ul><li><a href="/">Home</a></li><li><a href="/c">Cities</a></li><li><a href="/e">Entertainment</a></li></ul></amp-sidebar>
<header class="amp-header"><a href="/">{s.site}</a><button on="tap:sidebar1.toggle">☰</button></header>
<amp-consent id="consent" layout="nodisplay"><div id="consentUI"><p>We use cookies to give you the best possible experience on our site. By continuing you agree to our cookie policy.</p><button>I agree</button></div></amp-consent>
<main class="amp-story"><div class="breadcrumb"><a href="/">Home</a> / <a href="/i">India</a> / {escape(s.title)}</div><h1>{escape(s.title)}</h1>
<div class="editor-details">Written by <a href="/a">{s.byline}</a> | <span>Updated: {s.date} 09:12 am</span></div>
<amp-social-share type="twitter"></amp-social-share><div class="share-bar"><span>Share</span><span>Follow us</span></div>
<div class="ampstory-content">{"".join(body)}<p class="stay-updated subscribe-line">Click here to join our channel and stay updated with the latest headlines</p></div>
<amp-accordion class="more-stories"><section expanded><h4>Top news right now</h4><ul>{"".join(f'<li><a href="#">{s.teaser()}</a></li>' for _ in range(6))}</ul></section></amp-accordion></main>
<footer class="amp-footer">Copyright © 2022 {s.site}. All Rights Reserved</footer></body></html>"""


def broken(s: PageArticle) -> str:
    """Copied from a word processor into a system that nests wrongly, closes what is not open and escapes nothing."""
    body = []
    for n, p in enumerate(s.paragraphs):
        text = p.replace("“", "&ldquo;").replace("”", "&rdquo;").replace("’", "&#8217;").replace("–", "&ndash;")
        body.append(
            f'<p class=MsoNormal style="margin-bottom:0in"><span lang=EN-US><b>{text}</p></b><o:p></o:p></span>'
            if n % 3
            else f"<div><p>{text}<br/></div>"
        )
    body.insert(
        2,
        f'</div></div><div class="photo"><img src=x.jpg alt="a "quoted" word"><span class="caption">{s.caption()}</span></div><div><div>',
    )
    return f"""<html><head><title>{s.title}</title><meta charset=utf-8></head></head><body><body class="home">
<!-- top -- <div>old menu</div> --><div id=head><div class="topbar"><a href=/>Home<a href=/l>Local<a href=/j>Jobs<a href=/d>Deaths</div>
<div id=main><div id=left><h2 class="headline">{s.title}</h2><div class="info">by {s.byline} <i>{s.date}</div></i>
<div id=story><div>{chr(10).join(body)}
</div></span></div></p><div class=social-links>Like us on Facebook<a href=#>Tweet</a></div>
<div class="list"><h3>Related Articles</h3><a href=#>{s.teaser()}</a><br><a href=#>{s.teaser()}</a><br><a href=#>{s.teaser()}</a></div>
<div id=comments>{"".join(f"<div class=comment><b>Reader {n}</b><p>{escape(c)}</div>" for n, c in enumerate(s.comments))}</div>
</div><div id=right><div class=ad>Your ad here. Call 555-0100.</div><div class=events><b>Events</b><li>Farmers market, Saturday<li>Choir rehearsal, Tuesday</div></div>
<div id=foot>{s.site} & partners 2022 < all rights reserved > <a href=/imprint>Imprint</div>"""


def regional(s: PageArticle) -> str:
    """A chain of local papers: pull quotes that repeat the text, embedded posts, the writer's box, topics, most read."""
    body = []
    for n, p in enumerate(s.paragraphs):
        body.append(f'<p class="article__paragraph">{s.inline(p)}</p>')
        if n == 2 and len(p.split()) > 12:
            body.append(
                f'<aside class="pullquote"><blockquote class="pull-quote__text">{escape(" ".join(p.split()[:12]))}</blockquote></aside>'
            )
        if n == 3:
            body.append(
                f'<div class="embed-twitter"><blockquote class="twitter-tweet"><p lang="en">{s.teaser()}</p>&mdash; A Reader (@reader) <a href="#">March 3, 2022</a></blockquote></div>'
            )
        if n == 1:
            body.append(
                f'<div class="article__media"><div class="gallery"><span class="gallery__count">1 / 4</span><p class="photo-caption">{s.caption()}</p></div></div>'
            )
        if n == 5:
            body.append(
                '<div class="article-newsletter-signup"><p>Get the news of your town every morning. Sign up for our free newsletter.</p><form><label>Email address</label><input name="e"><button>Subscribe</button></form></div>'
            )
    return f"""<!DOCTYPE html><html lang="en-GB"><head><title>{escape(s.title)} - {s.site}</title><meta name="author" content="{s.byline}"><meta property="og:site_name" content="{s.site}"><meta property="og:type" content="article"><meta property="article:published_time" content="{s.date}T14:00:00Z"></head>
<body data-page="article"><div class="site-wrapper has-ads"><div class="mobile-menu" aria-hidden="true"><ul><li>News</li><li>Sport</li><li>What's On</li></ul></div>
<header class="site-header"><div class="weather-widget">12°C Cloudy</div></header>
<div class="grid"><div class="grid__main"><section class="article"><p class="article__kicker"><a href="/news">News</a></p><h1 class="article__headline">{escape(s.title)}</h1>
<div class="article__meta"><span class="article__byline">By <strong>{s.byline}</strong> Senior Reporter</span><time>{s.date}</time><span class="article__comments-count">3 comments</span></div>
<div class="article__content"><div class="article__body">{"".join(body)}</div></div>
<div class="author-bio"><h4>About the author</h4><p>{s.byline} joined {s.site} in 2015 and writes about councils, courts and schools. Send your tips by email.</p></div>
<div class="tag-list"><span>Topics</span><a href="#">Council</a><a href="#">Schools</a></div></section>
<section class="comments-section"><h2>Have your say</h2>{"".join(f'<div class="comments-item"><h5>Neighbour {n}</h5><div><p>{escape(c)}</p></div></div>' for n, c in enumerate(s.comments))}</section></div>
<div class="grid__rail"><div class="most-read"><h2>Most read</h2><ol>{"".join(f"<li><a href='#'>{s.teaser()}</a></li>" for _ in range(5))}</ol></div></div></div>
<footer class="site-footer"><p>We want our comments to be a lively part of our community. Part of Local Papers Ltd, registered in England.</p></footer></div></body></html>"""


DESIGNS: tuple[Design, ...] = (weblog, broadsheet, tables, tabloid, agency, mobile, broken, regional)
