"""Twenty manners in which news sites set a story, each with the clutter that stands round it.

A site takes a story and returns its page. Mark-up, order and kinds of
clutter are modelled on what such sites do; every word is this project's own.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

from tests.pages.stories import Story

Site = Callable[[Story], str]

NAV = ("Home World Business Sport Culture Weather Opinion Podcasts Newsletters Archive",
       "Sign in Subscribe My account Search Menu")  # fmt: skip
COOKIES = ("We and our 812 partners store cookies on your device to measure how you use this site. "
           "You can accept all of them, reject them, or manage your choices. Accept all Reject")
RELATED = ("Council to decide on parking fees before the summer",
           "Seven recipes for people who own one pan",
           "Why the library will open on Sundays from May",
           "Quiz: how well do you know the rivers of the north?")  # fmt: skip
COMMENTS = (("gardener77", "I said so two years ago and nobody would listen to me at the time."),
            ("Ms Finch", "Could the editors please check the spelling in the second paragraph?"),
            ("noname", "Typical. First they close everything and then they wonder."))
FOOTER = ("© The Test Post. All rights reserved. Imprint Privacy Terms Advertise with us Careers "
          "The publisher is not responsible for the content of other websites.")
AD = "Advertisement. New windows in one day, now with free fly screens. Call and save a third."
LETTER = "Get our morning briefing in your inbox. Enter your address and confirm that you agree."
SHARE = "Share on every network Copy link Print Save for later"


def _head(story: Story, more: str = "") -> str:
    return (
        f'<!doctype html><html lang="{story.language}"><head><meta charset="utf-8">'
        f"<title>{escape(story.title)} | The Test Post</title>{more}</head>"
    )


def _open_graph(story: Story) -> str:
    return (
        f'<meta property="og:title" content="{escape(story.title)}">'
        '<meta property="og:site_name" content="The Test Post"><meta property="og:type" '
        f'content="article"><meta property="article:published_time" content="{story.day}T06:00Z">'
    )


def _paragraphs(
    story: Story, tag: str = "p", quote: str = "<blockquote><p>{}</p></blockquote>",
    heading: str = "<h2>{}</h2>", between: Sequence[str] = (), attributes: str = "",
) -> str:  # fmt: skip
    """The story's body; `between` comes after its first, second ... paragraph."""
    made = []
    for at, one in enumerate(story.paragraphs):
        if one.startswith("> "):
            made.append(quote.format(escape(one[2:])))
        elif one.startswith("# "):
            made.append(heading.format(escape(one[2:])))
        else:
            made.append(f"<{tag}{attributes}>{escape(one)}</{tag}>")
        if at < len(between):
            made.append(between[at])
    return "\n".join(made)


def _nav(kind: str = "nav") -> str:
    items = "".join(f'<li><a href="/{w.lower()}">{w}</a></li>' for w in " ".join(NAV).split())
    return f'<{kind} class="site-nav" role="navigation"><ul>{items}</ul></{kind}>'


def _related(wrap: str = '<aside class="related"><h3>Read more</h3><ul>{}</ul></aside>') -> str:
    return wrap.format("".join(f'<li><a href="/r/{n}">{t}</a></li>' for n, t in enumerate(RELATED)))


def _comments(wrap: str = '<section id="comments" class="comments"><h2>3 comments</h2>{}</section>',
              each: str = '<div class="comment"><b class="author">{}</b><p>{}</p>'
                          "<button>Reply</button></div>") -> str:  # fmt: skip
    return wrap.format("".join(each.format(*one) for one in COMMENTS))


def _footer() -> str:
    return f'<footer class="site-footer"><p>{FOOTER}</p></footer>'


def _page(story: Story, body: str, more: str = "") -> str:
    return f"{_head(story, more)}<body>{body}</body></html>"


def semantic(story: Story) -> str:
    """HTML5 by the book."""
    return _page(story, (
        f"<header>{_nav()}</header><main><article><header><h1>{escape(story.title)}</h1>"
        f'<p class="byline">By our correspondent</p><time datetime="{story.day}">{story.day}</time>'
        f"</header>{_paragraphs(story)}</article>{_related()}</main>{_footer()}"
    ), _open_graph(story))  # fmt: skip


def cookie_wall(story: Story) -> str:
    """A consent dialogue before everything else."""
    return _page(story, (
        f'<div id="cookie-consent" class="cmp-banner" role="dialog"><h2>Your privacy</h2>'
        f"<p>{COOKIES}</p><button>Accept all</button><button>Reject</button></div>"
        f'{_nav()}<div class="content"><h1>{escape(story.title)}</h1><div class="article-body">'
        f"{_paragraphs(story)}</div></div>{_footer()}"
    ), _open_graph(story))  # fmt: skip


def div_soup(story: Story) -> str:
    """Nothing but div, with class names that a program made."""
    body = _paragraphs(story, "div", '<div class="x9q">{}</div>', '<div class="h7">{}</div>',
                       attributes=' class="k3p1"')  # fmt: skip
    links = "".join(f'<div class="a1"><a href="/{n}">{t}</a></div>' for n, t in enumerate(RELATED))
    return _page(story, (
        f'<div class="z0"><div class="z1">{_nav("div")}</div><div class="z2"><div class="t1">'
        f'{escape(story.title)}</div><div class="b2">{body}</div></div><div class="z3">{links}'
        f'</div><div class="z4">{FOOTER}</div></div>'
    ), _open_graph(story))  # fmt: skip


def with_comments(story: Story) -> str:
    """A long thread under the story."""
    return _page(story, (
        f'{_nav()}<article class="post"><h1 class="entry-title">{escape(story.title)}</h1>'
        f'<div class="entry-content">{_paragraphs(story)}</div></article>{_comments()}{_footer()}'
    ))  # fmt: skip


def with_ads(story: Story) -> str:
    """Advertisements and a newsletter between the paragraphs."""
    between = [
        f'<div class="ad-slot" id="ad-1"><span>{AD}</span></div>',
        f'<div class="newsletter-signup"><h4>The briefing</h4><p>{LETTER}</p><input type="email">'
        "<button>Sign up</button></div>",
        '<script>window.ads = window.ads || []; ads.push({slot: "mid"});</script>',
        '<div class="ad-slot" id="ad-2"><iframe src="/ad.html"></iframe></div>',
    ]
    return _page(story, (
        f'{_nav()}<main><article><h1>{escape(story.title)}</h1><div class="share">{SHARE}</div>'
        f"{_paragraphs(story, between=between)}</article></main>{_footer()}"
    ), _open_graph(story))  # fmt: skip


def paywall_teaser(story: Story) -> str:
    """All of the text, and a box that asks for money beneath it."""
    return _page(story, (
        f'{_nav()}<article><h1>{escape(story.title)}</h1><section name="articleBody">'
        f'{_paragraphs(story)}</section></article><div class="paywall" role="dialog"><h2>Subscribe '
        "to go on reading</h2><p>You have read three of three free articles this month. Four weeks "
        f"for one euro, then twelve a month, to be cancelled at any time.</p></div>{_footer()}"
    ), _open_graph(story))  # fmt: skip


def live_blog(story: Story) -> str:
    """Each paragraph an entry with its time."""
    entries = "".join(
        f'<article class="live-entry" id="e{n}"><time class="stamp">{9 + n}:15</time>'
        f"<p>{escape(one.lstrip('>#').strip())}</p></article>"
        for n, one in enumerate(story.paragraphs)
    )
    return _page(story, (
        f'{_nav()}<main class="live-blog"><h1>{escape(story.title)}</h1><div class="live-updates">'
        f"{entries}</div></main>{_related()}{_footer()}"
    ), _open_graph(story))  # fmt: skip


def gallery(story: Story) -> str:
    """A picture before each paragraph."""
    body = "".join(
        f'<figure><img src="/p{n}.jpg" alt=""></figure><p>{escape(one.lstrip(">#").strip())}</p>'
        for n, one in enumerate(story.paragraphs)
    )
    return _page(story, (
        f'{_nav()}<article class="gallery"><h1>{escape(story.title)}</h1>{body}</article>'
        f"{_related()}{_footer()}"
    ))  # fmt: skip


def amp(story: Story) -> str:
    """The phone's variant, with its own elements."""
    return _page(story, (
        f'<amp-sidebar id="menu" layout="nodisplay">{_nav()}</amp-sidebar><article '
        f'class="amp-wp-article"><header><h1 class="amp-title">{escape(story.title)}</h1></header>'
        f'<amp-img src="/1.jpg" width="600" height="400" layout="responsive"></amp-img><div '
        f'class="amp-wp-article-content">{_paragraphs(story)}</div></article><amp-ad width="300" '
        f'height="250" type="x"></amp-ad>{_footer()}'
    ), '<style amp-custom>body{margin:0}</style><link rel="canonical" href="https://x.example/a">')


def with_table(story: Story) -> str:
    """A table of facts beside the text, outside the story."""
    table = ("<table class='quotes'><tr><td>Index</td><td>4,211</td></tr><tr><td>Oil</td><td>81"
             "</td></tr></table>")  # fmt: skip
    return _page(story, (
        f'<table class="layout"><tr><td class="left">{_nav("div")}{table}</td><td class="main"><h1>'
        f"{escape(story.title)}</h1>{_paragraphs(story)}</td></tr></table>{_footer()}"
    ))  # fmt: skip


def line_breaks(story: Story) -> str:
    """Paragraphs that are but line breaks, as in the nineties."""
    body = "<br><br>".join(escape(one.lstrip(">#").strip()) for one in story.paragraphs)
    return _page(story, (
        f'<center>{" | ".join(f"<a href=/{w}>{w}</a>" for w in " ".join(NAV).split())}</center>'
        f'<h1>{escape(story.title)}</h1><font face="Arial">{body}</font><hr><small>{FOOTER}</small>'
    ))  # fmt: skip


def read_also(story: Story) -> str:
    """Links to other stories between the paragraphs."""
    between = [f'<p class="read-also"><a href="/r/{n}"><strong>Read also: {t}</strong></a></p>'
               for n, t in enumerate(RELATED[:2])]  # fmt: skip
    return _page(story, (
        f'{_nav()}<div class="post-single"><h1>{escape(story.title)}</h1><div class="post-text">'
        f'{_paragraphs(story, between=between)}</div><div class="tags"><a href="/t">tag</a></div>'
        f"</div>{_related()}{_footer()}"
    ), _open_graph(story))  # fmt: skip


def two_columns(story: Story) -> str:
    """A column of teasers as long as the story itself."""
    teasers = "".join(
        f'<div class="teaser"><h4><a href="/r/{n}">{t}</a></h4><p>{t}, as our reporter found when '
        "she spent a morning there. <a href='/'>More</a></p></div>"
        for n, t in enumerate(RELATED * 2)
    )
    return _page(story, (
        f'{_nav()}<div class="row"><div class="col-8"><article itemprop="articleBody"><h1>'
        f'{escape(story.title)}</h1>{_paragraphs(story)}</article></div><div class="col-4 sidebar">'
        f"<h3>Most read</h3>{teasers}</div></div>{_footer()}"
    ), _open_graph(story))  # fmt: skip


def embedded(story: Story) -> str:
    """Posts of social networks and players in the text."""
    between = [
        '<div class="embed" data-url="https://social.example/1"><a href="https://social.example/1">'
        "View this post</a></div>",
        '<div class="video-player"><video></video><button>Play</button></div>',
    ]
    return _page(story, (
        f'{_nav()}<main role="main"><h1>{escape(story.title)}</h1><div class="story-body__inner" '
        f'property="articleBody">{_paragraphs(story, between=between)}</div></main>{_footer()}'
    ), _open_graph(story))  # fmt: skip


def agency(story: Story) -> str:
    """One pre-formatted block of sections, as agencies send it."""
    body = "".join(f"<section><p>{escape(one.lstrip('>#').strip())}</p></section>"
                   for one in story.paragraphs)  # fmt: skip
    return _page(story, (
        f'<div id="wrapper">{_nav()}<div id="article" class="article"><h1 class="headline">'
        f'{escape(story.title)}</h1><div class="lead-time">{story.day} 06:00</div><div '
        f'class="text">{body}</div></div></div>{_footer()}'
    ))  # fmt: skip


def script_heavy(story: Story) -> str:
    """Data of the page's program as JSON, styles in the body, hidden copies of menus."""
    state = '{"menu":["World","Sport"],"teaser":"Seven recipes for people who own one pan"}'
    return _page(story, (
        f'<script id="__STATE__" type="application/json">{state}</script><style>.a{{b:c}}</style>'
        f'<div id="app"><div style="display:none">{_nav()}</div>{_nav()}<main><div '
        f'data-component="headline"><h1>{escape(story.title)}</h1></div><div '
        f'data-component="text-block">{_paragraphs(story)}</div></main></div>'
        f"<noscript>Please turn on JavaScript to see our videos.</noscript>{_footer()}"
    ), _open_graph(story))  # fmt: skip


def fact_box(story: Story) -> str:
    """A list of what the reader should know, which repeats nothing, in a box of its own."""
    box = ('<aside class="factbox promo"><h3>From our shop</h3><ul><li>Mugs with the masthead</li>'
           "<li>Calendars for next year</li></ul></aside>")  # fmt: skip
    return _page(story, (
        f'{_nav()}<article><div class="kicker">Region</div><h1>{escape(story.title)}</h1>{box}<div '
        f'class="article__content">{_paragraphs(story)}</div><div class="author-bio">'
        f'<a href="/a">All articles of this author</a></div></article>{_comments()}{_footer()}'
    ), _open_graph(story))  # fmt: skip


def bold_lead(story: Story) -> str:
    """A lead in bold, the rest in spans within paragraphs."""
    lead, *rest = story.paragraphs
    body = "".join(f"<p><span>{escape(one.lstrip('>#').strip())}</span></p>" for one in rest)
    return _page(story, (
        f'{_nav()}<div class="news-detail"><h1>{escape(story.title)}</h1><div class="summary">'
        f'<strong>{escape(lead)}</strong></div><div class="detail-text">{body}</div><div '
        f'class="social">{SHARE}</div></div>{_related()}{_footer()}'
    ), _open_graph(story))  # fmt: skip


def nested_quote(story: Story) -> str:
    """Quotations as figures, subheadings as bold paragraphs."""
    body = _paragraphs(
        story, quote='<figure class="quote"><blockquote>{}</blockquote></figure>',
        heading="<p><strong>{}</strong></p>",
    )  # fmt: skip
    return _page(story, (
        f'{_nav()}<article class="article"><h1>{escape(story.title)}</h1><div class="article-text">'
        f'{body}</div></article><div class="outbrain">{_related("<ul>{}</ul>")}</div>{_footer()}'
    ), _open_graph(story))  # fmt: skip


def forum_like(story: Story) -> str:
    """Comments marked up like paragraphs of the story."""
    thread = _comments('<div id="disqus_thread" class="discussion">{}</div>',
                       '<p class="who">{}</p><p>{}</p>')  # fmt: skip
    return _page(story, (
        f'{_nav()}<div id="main"><h1>{escape(story.title)}</h1><div id="story">'
        f"{_paragraphs(story)}</div>{thread}</div>{_footer()}"
    ))  # fmt: skip


SITES: list[Site] = [
    semantic, cookie_wall, div_soup, with_comments, with_ads, paywall_teaser, live_blog, gallery,
    amp, with_table, line_breaks, read_also, two_columns, embedded, agency, script_heavy, fact_box,
    bold_lead, nested_quote, forum_like,
]  # fmt: skip
