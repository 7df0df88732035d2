"""Takes pictures of screens with Chromium, as its users see them.

Usage: pictures.py URL FOLDER [NAME...]
       pictures.py URL FOLDER --every OTHER_FOLDER [PATH...]

The first form makes the guide's pictures in FOLDER/en and FOLDER/zh_CN, and anew those
that the module's page among the apps shows; the second one
takes every screen in a supervisor's menu and the first record it leads to, in both
languages, as wide as a desk's screen and a phone's.
"""

import base64
import contextlib
import itertools
import json
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import websocket

LANGUAGES = {"en": "en_US", "zh_CN": "zh_CN"}
DESK, PHONE = (1366, 768), (390, 844)
MODULE_PAGE = Path(__file__).parents[1] / "aftersales_followup/static/description"
PATIENCE = 60  # seconds until a screen counts as broken
READY = """!document.querySelector('.o_blockUI, .o_action_loading') &&
    !!document.querySelector('.o_action_manager > *, .o_home_menu, .o_dialog')"""


@dataclass
class Picture:
    """One picture of the guide.

    ``model`` and ``domain`` find the record that is shown; ``click`` are the elements
    pressed before, one after the other; ``report`` prints the record instead and shows
    its first page.
    """

    name: str
    login: str
    path: str
    model: str = ""
    domain: tuple = ()
    order: str = "id desc"
    click: tuple = ()
    size: tuple = DESK
    report: str = ""


PICTURES = [
    Picture("my_calls", "officer", "aftersales-my-calls"),
    Picture(
        "call",
        "officer",
        "aftersales-my-calls",
        click=("button[name=action_start_calling]",),
    ),
    Picture(
        "call_phone",
        "officer",
        "aftersales-my-calls",
        click=("button[name=action_start_calling]",),
        size=PHONE,
    ),
    Picture(
        "visit",
        "officer",
        "aftersales-visits",
        model="aftersales.visit",
        domain=(("archive_result", "=", "running"),),
    ),
    Picture(
        "customer",
        "officer",
        "aftersales-customers",
        model="res.partner",
        domain=(("aftersales_call_ids", "!=", False),),
        size=(1366, 900),
    ),
    Picture(
        "case",
        "supervisor",
        "aftersales-cases",
        model="aftersales.case",
        domain=(("case_type", "=", "complaint"), ("state", "=", "closed")),
        size=(1366, 1130),
    ),
    Picture("cases", "supervisor", "aftersales-cases"),
    Picture(
        "campaign",
        "supervisor",
        "aftersales-campaigns",
        model="aftersales.campaign",
        domain=(("state", "=", "confirmed"),),
    ),
    Picture("deadlines", "supervisor", "aftersales-clocks"),
    Picture(
        "register",
        "supervisor",
        "",
        model="aftersales.register.print",
        report="aftersales_followup.report_register",
    ),
    Picture("import", "supervisor", "aftersales-import"),
    Picture(
        "summary",
        "supervisor",
        "aftersales-summaries",
        model="aftersales.summary",
        domain=(("period", "=", "month"),),
        order="date_from desc",
        size=(1366, 900),
    ),
    Picture(
        "summary_paper",
        "supervisor",
        "",
        model="aftersales.summary",
        domain=(("period", "=", "month"),),
        order="date_from desc",
        report="aftersales_followup.report_summary",
    ),
    Picture("dashboard", "supervisor", "aftersales-dashboard"),
    Picture("targets", "supervisor", "aftersales-targets"),
    Picture("figures", "supervisor", "aftersales-figures"),
    Picture("levels", "supervisor", "aftersales-levels"),
    Picture("revenue", "supervisor", "aftersales-revenue-analysis"),
]


class Browser:
    """One Chromium with one page, driven by its own protocol."""

    def __init__(self):
        self._folder = tempfile.mkdtemp()
        program = next(
            filter(
                None,
                map(
                    shutil.which,
                    ("chromium", "chromium-browser", "google-chrome"),
                ),
            )
        )
        self._process = subprocess.Popen(
            [
                program,
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--hide-scrollbars",
                "--force-color-profile=srgb",
                "--remote-debugging-port=0",
                "--remote-allow-origins=*",
                f"--user-data-dir={self._folder}",
                "about:blank",
            ],
            stderr=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        port_file = Path(self._folder, "DevToolsActivePort")
        wait_for(lambda: port_file.exists() and port_file.read_text().strip())
        port = port_file.read_text().split()[0]
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/json") as answer:
            page = next(one for one in json.load(answer) if one["type"] == "page")
        self._socket = websocket.create_connection(
            page["webSocketDebuggerUrl"], timeout=PATIENCE
        )
        self._numbers = itertools.count(1)
        self.send("Page.enable")
        self.send("Emulation.setTimezoneOverride", timezoneId="Asia/Shanghai")

    def close(self):
        self._socket.close()
        self._process.terminate()
        self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)

    def send(self, method, **params):
        number = next(self._numbers)
        self._socket.send(
            json.dumps({"id": number, "method": method, "params": params})
        )
        while True:
            answer = json.loads(self._socket.recv())
            if answer.get("id") == number:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']['message']}")
                return answer["result"]

    def run(self, script):
        """Return what a piece of JavaScript, or its promise, comes to."""
        result = self.send(
            "Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True
        )
        if "exceptionDetails" in result:
            raise RuntimeError(result["exceptionDetails"])
        return result["result"].get("value")

    def open(self, address):
        self.send("Page.navigate", url=address)
        wait_for(lambda: self.run("document.readyState") == "complete")

    def resize(self, size):
        self.send(
            "Emulation.setDeviceMetricsOverride",
            width=size[0],
            height=size[1],
            deviceScaleFactor=1,
            mobile=False,
        )

    def shoot(self, file):
        picture = self.send("Page.captureScreenshot", format="png")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(base64.b64decode(picture["data"]))


def wait_for(condition):
    end = time.monotonic() + PATIENCE
    while True:
        with contextlib.suppress(RuntimeError):  # a page that is just going away
            if condition():
                return
        if time.monotonic() > end:
            raise TimeoutError("the screen did not become ready")
        time.sleep(0.1)


class User:
    """A user at the browser, who reads in one language."""

    def __init__(self, url, login, language):
        self.url, self.language = url, language
        self.browser = Browser()
        self.browser.open(f"{url}/web/login")
        self.browser.run(f"""(() => {{
            document.querySelector('[name=login]').value = '{login}';
            document.querySelector('[name=password]').value = '{login}';
            document.querySelector('form.oe_login_form').submit();
        }})()""")
        wait_for(lambda: self.browser.run("window.odoo?.__session_info__?.uid"))
        user = self.browser.run("odoo.__session_info__.uid")
        wait_for(lambda: self.call("res.users", "write", [user], {"lang": language}))

    def call(self, model, method, *args, **kwargs):
        """Call a method of the server; ``None`` if it failed."""
        body = json.dumps(
            {
                "params": {
                    "model": model,
                    "method": method,
                    "args": args,
                    "kwargs": kwargs,
                }
            }
        )
        return self.browser.run(f"""fetch('/web/dataset/call_kw', {{method: 'POST',
            headers: {{'Content-Type': 'application/json'}}, body: {json.dumps(body)}}})
            .then(one => one.json()).then(one => one.result ?? null)""")

    def find(self, picture):
        if picture.report and not picture.domain:
            [record] = self.call(picture.model, "create", [{}])
            return record
        [found] = self.call(
            picture.model,
            "search",
            list(picture.domain),
            limit=1,
            order=picture.order,
        ) or [None]
        if not found:
            raise LookupError(f"{picture.name}: no {picture.model} to show")
        return found

    def look(self, path, size, click=()):
        self.browser.resize(size)
        self.browser.open(f"{self.url}/odoo/{path}")
        wait_for(lambda: self.browser.run(READY))
        for element in click:
            time.sleep(1)
            found = f"document.querySelector({json.dumps(element)})"
            wait_for(lambda found=found: self.browser.run(f"!!{found}"))
            self.browser.run(f"{found}.click()")
        time.sleep(2)  # pictures and figures of the screen come after it

    def find_screens(self):
        """Return the addresses of all screens in the user's menu, in its order."""
        menus = self.browser.run(
            "fetch('/web/webclient/load_menus').then(one => one.json())"
        )
        paths = [one.get("actionPath") or "" for one in menus.values()]
        screens = [path for path in paths if path.startswith("aftersales-")]
        if not screens:
            raise LookupError("the menu leads to no screen of the module")
        return list(dict.fromkeys(screens))

    def open_first(self):
        """Press the first row or card; return whether a form opened."""
        self.browser.run("""document.querySelector('.o_data_row .o_data_cell, '
            + '.o_kanban_record:not(.o_kanban_ghost)')?.click()""")
        time.sleep(2)
        return self.browser.run("!!document.querySelector('.o_form_view')")

    def print(self, report, record, file):
        """Make a picture of the first page of a form on paper."""
        context = quote(json.dumps({"lang": self.language}))
        address = f"/report/pdf/{report}/{record}?context={context}"
        content = self.browser.run(f"""fetch('{address}')
            .then(one => one.arrayBuffer()).then(one => btoa(Array.from(
                new Uint8Array(one), byte => String.fromCharCode(byte)).join("")))""")
        file.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run(
            ["pdftoppm", "-png", "-r", "110", "-singlefile", "-", file.with_suffix("")],
            input=base64.b64decode(content),
            check=True,
        )


def take(user, picture, file):
    if picture.report:
        user.print(picture.report, user.find(picture), file)
        return
    path = picture.path
    if picture.model:
        path = f"{path}/{user.find(picture)}"
    user.look(path, picture.size, picture.click)
    user.browser.shoot(file)


def take_guide(url, folder, names):
    wanted = [one for one in PICTURES if not names or one.name in names]
    failed = []
    for language, login in itertools.product(
        LANGUAGES, sorted({one.login for one in wanted})
    ):
        user = User(url, login, LANGUAGES[language])
        for picture in wanted:
            if picture.login == login:
                try:
                    take(user, picture, folder / language / f"{picture.name}.png")
                    print(f"    {language} {picture.name}")
                except (TimeoutError, LookupError, subprocess.SubprocessError) as error:
                    failed.append(f"{language} {picture.name}: {error}")
        user.browser.close()
    for picture in MODULE_PAGE.glob("*.png"):
        if (made := folder / "en" / picture.name).exists():
            shutil.copyfile(made, picture)
    return failed


def take_every(url, folder, paths, login="supervisor"):
    """Take each screen of the user's menu, and the first record it leads to."""
    failed = []
    for language, code in LANGUAGES.items():
        user = User(url, login, code)
        for path, size in itertools.product(
            paths or user.find_screens(), (DESK, PHONE)
        ):
            file = folder / language / f"{path.replace('/', '_')}_{size[0]}.png"
            try:
                user.look(path, size)
                user.browser.shoot(file)
                if user.open_first():
                    user.browser.shoot(file.with_stem(f"{file.stem}_form"))
            except TimeoutError as error:
                failed.append(f"{language} {path} {size[0]}: {error}")
        user.browser.close()
    return failed


def main(url, folder, *rest):
    wait_for(lambda: answers(url))
    if rest[:1] == ("--every",):
        failed = take_every(url, Path(rest[1]), rest[2:])
    else:
        failed = take_guide(url, Path(folder), rest)
    if failed:
        sys.exit("\n".join(failed))


def answers(url):
    try:
        urllib.request.urlopen(f"{url}/web/login", timeout=20)
    except OSError:
        return False
    return True


if __name__ == "__main__":
    main(*sys.argv[1:])
