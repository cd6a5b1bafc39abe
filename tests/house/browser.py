"""Chromium without a window, asked through its DevTools protocol over a pair of pipes: nothing but Python is needed."""

from __future__ import annotations

import base64
import json
import os
import select
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
#: A machine may be busy with other things.
PATIENCE_SECS = 120


def find() -> str | None:
    """The browser's path, if one is installed."""
    return next(filter(None, map(shutil.which, NAMES)), None)


class Page:
    """A page in a browser of its own, with all that it complained of and asked the network for."""

    def __init__(self, browser: str, width: int = 1280, height: int = 800) -> None:
        self.profile = tempfile.mkdtemp(prefix="tiramisu-browser-")
        to_read, self.to = os.pipe()
        self.of, to_write = os.pipe()

        def as_three_and_four() -> None:
            # Chromium reads its orders from the one and writes answers to the other. Copied out of the way first.
            ours, theirs = os.dup2(to_read, 103), os.dup2(to_write, 104)
            os.dup2(ours, 3)
            os.dup2(theirs, 4)

        self.running = subprocess.Popen(
            [browser, "--headless=new", "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
             "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
             "--host-resolver-rules=MAP * ~NOTFOUND", f"--user-data-dir={self.profile}", f"--window-size={width},{height}"],
            preexec_fn=as_three_and_four, close_fds=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        os.close(to_read)
        os.close(to_write)
        self.waiting = b""
        self.asked = 0
        self.session: str | None = None
        #: Errors and warnings, in words.
        self.complaints: list[str] = []
        #: Addresses of other things than the page itself and what stands in it.
        self.requests: list[str] = []
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.ask(f"{domain}.enable")
        self.resize(width, height)

    def __enter__(self) -> Page:
        return self

    def __exit__(self, *_: object) -> None:
        self.running.terminate()
        self.running.wait()
        shutil.rmtree(self.profile, ignore_errors=True)

    def resize(self, width: int, height: int) -> None:
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def version(self) -> str:
        return str(self.ask("Browser.getVersion")["product"])

    def ask(self, method: str, **words: Any) -> Any:
        """Orders something, and returns the answer."""
        self.asked += 1
        order = {"id": self.asked, "method": method, "params": words}
        if self.session is not None and not method.startswith(("Target.", "Browser.")):
            order["sessionId"] = self.session
        os.write(self.to, json.dumps(order).encode() + b"\0")
        until = time.monotonic() + PATIENCE_SECS
        while True:
            said = self._next(until)
            if said.get("id") == self.asked:
                if "error" in said:
                    raise SystemExit(f"{method}: {said['error']['message']}")
                return said["result"]

    def _next(self, until: float) -> Any:
        while b"\0" not in self.waiting:
            if not select.select([self.of], [], [], max(0.0, until - time.monotonic()))[0]:
                raise SystemExit(f"the browser did not answer for {PATIENCE_SECS} s")
            came = os.read(self.of, 1 << 20)
            if not came:
                raise SystemExit("the browser ended by itself")
            self.waiting += came
        one, self.waiting = self.waiting.split(b"\0", 1)
        said = json.loads(one)
        self._hear(said.get("method"), said.get("params", {}))
        return said

    def _hear(self, what: str | None, told: dict[str, Any]) -> None:
        if what == "Runtime.exceptionThrown":
            details = told["exceptionDetails"]
            self.complaints.append(details.get("exception", {}).get("description") or details["text"])
        elif what == "Runtime.consoleAPICalled" and told["type"] in ("error", "warning", "assert"):
            self.complaints.append(" ".join(str(it.get("value", it.get("description"))) for it in told["args"]))
        elif what == "Log.entryAdded" and told["entry"]["level"] in ("error", "warning"):
            self.complaints.append(f"{told['entry']['text']} {told['entry'].get('url', '')}")
        elif what == "Network.requestWillBeSent" and not told["request"]["url"].startswith(("data:", "file:")):
            self.requests.append(told["request"]["url"])

    def open(self, file: Path) -> None:
        self.ask("Page.navigate", url=file.resolve().as_uri())
        self.wait_for("document.readyState === 'complete'")

    def value(self, expression: str) -> Any:
        """What an expression of JavaScript comes to on the page."""
        said = self.ask("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in said:
            raise SystemExit(f"{expression}: {said['exceptionDetails']}")
        return said["result"].get("value")

    def wait_for(self, expression: str) -> None:
        until = time.monotonic() + PATIENCE_SECS
        while not self.value(expression):
            if time.monotonic() > until:
                raise SystemExit(f"it did not come about: {expression}")
            time.sleep(0.05)

    def mouse(self, kind: str, x: float, y: float, **more: Any) -> None:
        self.ask("Input.dispatchMouseEvent", type=kind, x=x, y=y, **more)
        self.next_frame()

    def click(self, x: float, y: float) -> None:
        for kind in ("mousePressed", "mouseReleased"):
            self.mouse(kind, x, y, button="left", clickCount=1)

    def tap(self, x: float, y: float) -> None:
        """With a finger."""
        self.ask("Emulation.setTouchEmulationEnabled", enabled=True)
        self.ask("Input.dispatchTouchEvent", type="touchStart", touchPoints=[{"x": x, "y": y}])
        self.ask("Input.dispatchTouchEvent", type="touchEnd", touchPoints=[])
        self.ask("Emulation.setTouchEmulationEnabled", enabled=False)
        self.next_frame()

    def key(self, key: str) -> None:
        for kind in ("keyDown", "keyUp"):
            self.ask("Input.dispatchKeyEvent", type=kind, key=key, **({"text": key} if len(key) == 1 and kind == "keyDown" else {}))
        self.next_frame()

    def next_frame(self) -> None:
        self.value("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))")

    def in_the_dark(self, dark: bool) -> None:
        features = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self.ask("Emulation.setEmulatedMedia", features=features)
        self.next_frame()

    def picture(self) -> bytes:
        """The page as PNG."""
        return base64.b64decode(self.ask("Page.captureScreenshot", format="png")["data"])
