"""A map as a page, opened and used in Chromium as a person would."""

from __future__ import annotations

import base64
import io
from pathlib import Path

import browser

#: Where a picture of the map has its middle, in pixels of the window.
PLACE = "(i => { const [x, y] = at(i), box = plot.getBoundingClientRect(); return [x + box.left, y + box.top]; })"
#: How many pixels of the map are drawn, and in how many colours.
DRAWN = """(() => {
  const of = pen.getImageData(0, 0, plot.width, plot.height).data, colours = new Set();
  let drawn = 0;
  for (let i = 0; i < of.length; i += 4) if (of[i + 3]) { drawn++; colours.add(of[i] << 16 | of[i + 1] << 8 | of[i + 2]); }
  return [drawn, colours.size];
})()"""


def version() -> str | None:
    found = browser.find()
    if found is None:
        return None
    with browser.Page(found) as page:
        return page.version().replace("/", " ")


def check(file: Path, pictures: Path, label: dict[str, str], out: Path) -> str:
    """Asserts what the page has and does; leaves pictures of it in ``out``. In words, what was looked at."""
    found = browser.find()
    assert found is not None
    with browser.Page(found) as page:
        page.open(file)
        page.wait_for("sheets.every(sheet => sheet.complete)")
        page.next_frame()
        names = page.value("data.names")
        assert sorted(names) == sorted(label), "the names of the collection's files"
        assert page.value("[...document.querySelectorAll('aside b')].map(it => it.textContent).sort()") == sorted(set(label.values()))
        drawn, colours = page.value(DRAWN)
        assert drawn > 20_000 and colours > 2_000, (drawn, colours)
        (out / "page.png").write_bytes(page.picture())

        _pictures_do_not_cover_each_other(page)
        shown = page.value("chosen")
        for image in (shown[0], shown[len(shown) // 2], shown[-1]):
            x, y = page.value(f"{PLACE}({image})")
            page.mouse("mouseMoved", x, y)
            _is_large(page, names[image], label, pictures)
        (out / "page-hovered.png").write_bytes(page.picture())
        page.mouse("mouseMoved", 5, 5)
        assert page.value("large.hidden"), "nothing is large where the pointer is over no image"

        # By a finger; dots, too, once the pictures are away.
        page.tap(*page.value(f"{PLACE}({shown[1]})"))
        _is_large(page, names[shown[1]], label, pictures)
        page.value("size.value = 0; size.oninput()")
        page.next_frame()
        alone = page.value("order.find(i => places.every((x, j) => j % 2 || j === 2 * i"
                           " || Math.hypot(x - places[2 * i], places[j + 1] - places[2 * i + 1]) * scale > 4))")
        page.mouse("mouseMoved", *page.value(f"{PLACE}({alone})"))
        _is_large(page, names[alone], label, pictures)
        page.mouse("mouseMoved", 5, 5)
        page.value("size.value = 40; size.oninput()")

        # A label by itself, all again, and a search.
        one = names[shown[0]].split("/")[0]
        button = f"[...document.querySelectorAll('aside button')].find(it => it.children[1].textContent === '{one}')"
        middle = f"(it => {{ const box = it.getBoundingClientRect(); return [box.left + 30, box.top + 10]; }})({button})"
        page.click(*page.value(middle))
        count = sum(of == one for of in label.values())
        assert page.value("isShown.reduce((a, b) => a + b)") == len(label) - count
        assert page.value(f"{button}.getAttribute('aria-pressed')") == "false"
        page.click(*page.value(middle))
        for shown_by_that in (count, len(label)):
            page.value(f"{button}.ondblclick()")
            assert page.value("isShown.reduce((a, b) => a + b)") == shown_by_that
        page.value("find.focus()")
        page.ask("Input.insertText", text="SPIRALS_00")
        assert page.value("isShown.reduce((a, b) => a + b)") == sum("spirals_00" in name for name in names)
        page.value("find.value = ''; find.oninput()")

        # Larger by the wheel about the pointer, moved by keys, whole again by the button.
        x, y = map(round, page.value(f"{PLACE}({shown[0]})"))
        before = page.value("scale")
        on_map = f"(box => [({x} - box.left - left) / scale, ({y} - box.top - top_) / scale])(plot.getBoundingClientRect())"
        under = page.value(on_map)
        page.mouse("mouseWheel", x, y, deltaX=0, deltaY=-600)
        page.wait_for(f"scale > 2 * {before}")
        assert all(abs(a - b) < 1e-6 for a, b in zip(page.value(on_map), under)), "what is under the pointer stays there"
        x = page.value(f"{PLACE}({shown[0]})")[0]
        (out / "page-larger.png").write_bytes(page.picture())
        page.value("plot.focus()")
        page.key("ArrowLeft")
        assert abs(page.value(f"{PLACE}({shown[0]})")[0] - x - 60) < 1
        page.click(*page.value("(box => [box.left + 20, box.top + 10])(document.getElementById('fit').getBoundingClientRect())"))
        assert abs(page.value("scale") - before) < 1e-6

        page.in_the_dark(True)
        (out / "page-dark.png").write_bytes(page.picture())
        page.in_the_dark(False)
        page.resize(390, 800)
        page.next_frame()
        assert page.value("document.documentElement.scrollWidth") <= 390, "it fits on a telephone"
        assert page.value("at(0)[0] >= 0 && scale <= plot.clientWidth"), "the map is whole there, too"
        (out / "page-narrow.png").write_bytes(page.picture())
        assert not page.complaints, page.complaints
        assert not page.requests, page.requests
    return (
        f"{len(names)} images drawn in {colours} colours, {len(shown)} as pictures that do not cover each other; pointer and finger show "
        "the picture that lies there; labels, search, wheel and keys; light, dark and 390 pixels wide; no complaint in the console, and "
        "nothing asked of the network"
    )


def _pictures_do_not_cover_each_other(page: browser.Page) -> None:
    covered = page.value("""chosen.filter(i => chosen.some(j => {
      const [x, y] = at(i), [px, py] = at(j), longest = Number(size.value);
      return j !== i && Math.max(Math.abs(x - px), Math.abs(y - py)) < longest;
    })).length""")
    assert covered == 0, f"{covered} pictures cover others"


def _is_large(page: browser.Page, name: str, label: dict[str, str], pictures: Path) -> None:
    """That it is shown large, by its name, its label and its pixels."""
    said = page.value("large.hidden ? null : [large.children[1].textContent, large.children[2].textContent]")
    assert said == [name, label[name]], (said, name)
    try:
        from PIL import Image, ImageChops, ImageStat
    except ImportError:
        return
    shown = Image.open(io.BytesIO(base64.b64decode(page.value("large.children[0].toDataURL('image/png').split(',')[1]")))).convert("RGB")
    own = Image.open(pictures / name).convert("RGB").resize(shown.size, Image.Resampling.BILINEAR)
    small = (24, 24)
    difference = ImageStat.Stat(ImageChops.difference(own.resize(small), shown.resize(small))).mean
    assert max(difference) < 16, f"{name} looks otherwise by {difference}"
