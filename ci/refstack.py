"""Uploads a published result to a real RefStack server, and everything that the server refuses.

usage: python3 ci/refstack.py target/debug/parallax

REFSTACK_URL names a server that shows the guideline 2026.11 and knows the RSA key REFSTACK_SIGNER (its
public half beside it in .pub) as that of REFSTACK_SIGNER_OPENID. It has to be on this machine, and should
be nobody's: runs are left there. `parallax` decides and explains; this looks from outside whether that is
so, with the server's own answers and none of parallax's code. Exit code 1 if anything is otherwise.
"""

import collections
import http.client
import http.server
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import threading
import urllib.parse
import uuid

PARALLAX = os.path.abspath(sys.argv[1])
BASE = urllib.parse.urlsplit(os.environ["REFSTACK_URL"])
SIGNER = os.environ["REFSTACK_SIGNER"]
OPENID = os.environ["REFSTACK_SIGNER_OPENID"]
ROOT = pathlib.Path(__file__).resolve().parent.parent
TIERS = ["required", "advisory", "deprecated", "removed"]
if BASE.hostname not in ("127.0.0.1", "::1", "localhost"):
    sys.exit("REFSTACK_URL: runs are left at the server, so it has to be one on this machine")

wrong = 0


def say(right, what, more=""):
    global wrong
    wrong += not right
    print(f"{'ok   ' if right else 'WRONG'} {what}")
    if not right and more:
        print("      " + str(more).replace("\n", "\n      "))


def call(method, path, body=None, headers=None):
    """Status, headers and text of one request."""
    link = http.client.HTTPConnection(BASE.hostname, BASE.port, timeout=600)
    link.request(method, path, body=body, headers=headers or {})
    answer = link.getresponse()
    text = answer.read().decode()
    link.close()
    return answer.status, answer.headers, text


def run(*arguments, url=None):
    """Runs parallax with the server's address."""
    to = ["--url", url or BASE.geturl()] if arguments[0] == "upload" else []
    environment = {"PATH": os.environ["PATH"], "HOME": work}
    return subprocess.run([PARALLAX, *arguments, *to], cwd=work, env=environment, text=True, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)


def upload(code, words, what, *arguments, url=None):
    """Uploads; the exit code and everything that has to be said are checked."""
    ran = run("upload", "refstack", "run", "--again", "--timeout", "600", *arguments, url=url)
    said = " ".join((ran.stdout + ran.stderr).split())
    missing = [word for word in words if word not in said]
    detail = f"exit code {ran.returncode}, not said: {missing}\n{ran.stdout}{ran.stderr}"
    say(ran.returncode == code and not missing, f"exit {code}  {what}", detail)
    return ran


def test_id(ran):
    found = re.search(r"^as +([0-9a-f-]{36})$", ran.stdout, re.M)
    return found and found.group(1)


work = tempfile.mkdtemp(prefix="parallax-refstack-")
folder = pathlib.Path(work, "run")
folder.mkdir()
result = json.loads((ROOT / "reports/openstack-2023.2/result.json").read_text())
(folder / "result.json").write_text((ROOT / "reports/openstack-2023.2/result.json").read_text())
passed = [case["id"] for case in result["cases"] if case["verdict"] == "pass"]


print("# an anonymous run, against the guideline")
ran = upload(0, ["anonymous", f"read back {len(passed)} names", "counted against"], "uploaded and compared", "--compare")
print(re.sub(r"(?m)^", "      ", ran.stdout.rstrip()))
say(" different" not in ran.stdout and ran.stdout.count(" same") >= 8, "every line is the same", ran.stdout)
anonymous = test_id(ran)
names = set(json.loads(call("GET", f"/v1/results/{anonymous}")[2])["results"])

# The same counts once more as RefStack's page makes them, from its guideline file, and as the report has them.
guideline = json.loads(call("GET", "/v1/guidelines/2026.11.json")[2])
ours = json.loads(run("guideline", "result", "run", "--guideline", "2026.11", "--format", "json").stdout)
for platform in ours["platforms"]:
    title = next((name for name in platform.get("also", []) if name.startswith("OpenStack Powered")), None)
    if title is None:
        continue
    tier_of = {}
    for component in guideline["platforms"][title]["components"]:
        for tier, capabilities in guideline["components"][component["name"]]["capabilities"].items():
            for name in capabilities:
                tier_of[name] = min(tier, tier_of.get(name, tier), key=TIERS.index)
    page = collections.defaultdict(collections.Counter)
    for name, tier in tier_of.items():
        tests = guideline["capabilities"][name]["tests"]
        good = {test for test, facts in tests.items() if names & {test, *facts.get("aliases", [])}}
        flagged = {test for test, facts in tests.items() if "flagged" in facts}
        page[tier].update(total=len(tests), passed=len(good), unflagged=len(set(tests) - flagged),
                          unflagged_passed=len(good - flagged), capabilities=bool(set(tests) - flagged)
                          and not set(tests) - flagged - good)
    for tier in platform["tiers"]:
        counts = {key: tier["tests"][key] for key in ("total", "passed", "unflagged", "unflagged_passed")}
        counts["capabilities"] = tier["passed"]
        theirs = {key: page[tier["tier"]][key] for key in counts}
        say(theirs == counts, f"{title}, {tier['tier']}: page {theirs['passed']}/{theirs['total']} tests, "
            f"{theirs['capabilities']} capabilities; report the same", f"{theirs}\n{counts}")

print("# sent once, and what is shown is what is sent")
ran = run("upload", "refstack", "run")
say(ran.returncode == 2 and "has this run already" in ran.stderr, "not sent a second time unless asked to", ran.stderr)
ran = upload(0, ["nothing was sent"], "a dry run", "--dry-run", "--key", SIGNER)
say(ran.stdout.split("\n\n", 1)[-1] == (folder / "refstack.json").read_text(), "shows the bytes that were sent")

print("# whose a signed run is")
ran = upload(0, ["signed", "only the owner can"], "signed", "--key", SIGNER)
say(call("GET", f"/v1/results/{test_id(ran)}")[0] == 401, "nobody else sees it")
ran = upload(0, ["it is yours", "guideline: 2026.11.json"], "signed, read back as its owner", "--key", SIGNER,
             "--openid", OPENID, "--compare")
say(call("GET", f"/v1/results/{test_id(ran)}")[0] == 401, "nobody else sees it")
ran = upload(0, ["it is yours", "shared: true"], "signed and shared", "--key", SIGNER, "--openid", OPENID, "--share")
status, _, text = call("GET", f"/v1/results/{test_id(ran)}")
say(status == 200 and json.loads(text)["user_role"] == "user", "everybody sees it", text[:200])
say(call("DELETE", f"/v1/results/{test_id(ran)}")[0] == 403, "nobody else can delete it")
upload(3, ["does not note", "--openid"], "another's OpenID", "--key", SIGNER, "--openid", "https://openid.example/other")

print("# a key that the server does not know: registered with what the refusal says")
key = os.path.join(work, "stranger")
subprocess.run(["ssh-keygen", "-q", "-t", "rsa", "-b", "2048", "-N", "", "-f", key], check=True)
ran = upload(1, ["HTTP 401", "does not know whose key", "Import Public Key", "kept"], "refused", "--key", key)
said = dict(re.findall(r"^ *(public key|self signature) +(.+)$", ran.stderr, re.M))
_, head, _ = call("GET", "/v1/auth/signin")
cookie = {"Cookie": head["Set-Cookie"].split(";")[0]}
asked = urllib.parse.parse_qs(urllib.parse.urlsplit(head["Location"]).query)
back = urllib.parse.urlsplit(asked["openid.return_to"][0])
who = f"https://openid.example/{uuid.uuid4().hex}"
query = urllib.parse.urlencode({"openid.claimed_id": who, "openid.sreg.email": "a@example.org", "openid.sreg.fullname": "A"})
call("GET", f"{back.path}?{back.query}&{query}", headers=cookie)
form = json.dumps({"raw_key": said.get("public key"), "self_signature": said.get("self signature")})
status, _, text = call("POST", "/v1/profile/pubkeys", form, {"Content-Type": "application/json", **cookie})
say(status == 201, "the server takes the key as it was said", text)
upload(0, ["it is yours"], "and then the run", "--key", key, "--openid", who)
edwards = os.path.join(work, "edwards")
subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", edwards], check=True)
upload(2, ["RSA keys sign here"], "an Ed25519 key, which the server answers with 500", "--key", edwards)


print("# what the server answers with 500, refused before it is sent, with the reason")


def body(items, **more):
    return json.dumps({"cpid": "c" * 32, "duration_seconds": 7, "results": items, **more})


def named(*tests):
    """A guideline that calls passed tests so."""
    capabilities = {f"c{at}": {"achievements": [], "admin": False, "description": "d", "project": "p",
                               "tests": {name: {"idempotent_id": f"id-{passed[at]}"}}}
                    for at, name in enumerate(tests)}
    path = pathlib.Path(work, "g.json")
    path.write_text(json.dumps({
        "metadata": {"id": "2027.05", "schema": "2.0", "reference": "r", "source": "s"}, "platforms": {},
        "components": {}, "designated_sections": {}, "test_repositories": {}, "capabilities": capabilities}))
    return ["--guideline", str(path)]


for what, status, items, refused, words in [
    ("the same name twice", 500, ["a", "a"], True, ["one name to RefStack"]),
    ("names that differ in case", 500, ["a", "A"], True, ["one name to RefStack"]),
    ("names that differ in accents", 500, ["e", "é"], True, ["one name to RefStack"]),
    ("names that differ in a space at the end", 500, ["a", "a "], True, ["one name to RefStack"]),
    ("letters that count as one in Swedish", 500, ["ä", "æ"], True, ["one name to RefStack"]),
    ("letters that do not", 201, ["a", "ä"], False, None),
    ("a name of 513 characters", 500, ["n" * 513], True, ["longer than 512 characters"]),
    ("a name of 512 characters", 201, ["n" * 512], False, None),
    ("a name outside Latin-1", 500, ["測"], True, ["Latin-1"]),
]:
    got, _, text = call("POST", "/v1/results/", body([{"name": name} for name in items]).encode())
    say(got == status, f"{status}     {what}, sent to the server", f"{got} {text}")
    if refused:
        upload(2, [*words, "nothing was sent"], "       parallax", *named(*items))
got, _, text = call("POST", "/v1/results/", json.dumps({**json.loads(body([{"name": "a"}])), "cpid": "c" * 129}))
say(got == 500, "500     a cpid of 129 characters, sent to the server", f"{got} {text}")
upload(2, ["--cpid", "129"], "       parallax", "--cpid", "c" * 129)
got, _, text = call("POST", "/v1/results/", body([{"name": "a", "uuid": "id-" + passed[0]}]))
say(got == 500, "500     an id with `id-`, sent to the server", f"{got} {text}")
odd = json.loads(json.dumps(result))
for case in odd["cases"]:
    case["id"] = "id-" + case["id"]
(folder / "result.json").write_text(json.dumps(odd))
upload(2, ["without `id-`"], "       parallax")
for case in odd["cases"]:
    case["verdict"] = "fail"
(folder / "result.json").write_text(json.dumps(odd))
got, _, text = call("POST", "/v1/results/", body([]))
say(got == 400 and "at least one passing test" in text, "400     no passed test, sent to the server", f"{got} {text}")
upload(2, ["no test passed"], "       parallax")
(folder / "result.json").write_text(json.dumps(result))

print("# what a server refuses of what was changed on its way")


class Spoiler(http.server.BaseHTTPRequestHandler):
    """Passes requests on to the server, changed as `spoil` says."""
    spoil = None

    def do_POST(self):
        sent = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name: self.headers[name] for name in ("Content-Type", "X-Signature", "X-Public-Key")
                   if name in self.headers}
        sent, headers = Spoiler.spoil(sent, headers)
        status, head, text = call("POST", self.path, sent, headers)
        self.send_response(status)
        self.send_header("Content-Type", head["Content-Type"])
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_):
        pass


between = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Spoiler)
threading.Thread(target=between.serve_forever, daemon=True).start()
through = f"http://127.0.0.1:{between.server_port}"


def without(headers, name):
    return {key: value for key, value in headers.items() if key != name}


for what, spoil, words in [
    ("a body cut in half", lambda b, h: (b[:len(b) // 2], h), ["Malformed request", "cut off"]),
    ("one byte changed", lambda b, h: (b.replace(b"parallax.", b"parallay.", 1), h), ["Signature verification failed", "one space"]),
    ("one space more", lambda b, h: (b + b" ", h), ["Signature verification failed", "one space"]),
    ("the signature lost", lambda b, h: (b, without(h, "X-Signature")), ["Signature verification failed"]),
    ("a signature that is none", lambda b, h: (b, {**h, "X-Signature": "zz"}), ["Malformed signature", "hexadecimal"]),
    ("the public key lost", lambda b, h: (b, without(h, "X-Public-Key")), ["Malformed public key", "X-Public-Key"]),
    ("another public key", lambda b, h: (b, {**h, "X-Public-Key": pathlib.Path(key + ".pub").read_text().strip()}),
     ["Signature verification failed"]),
    ("another key in the body", lambda b, h: (b.replace(b'"cpid"', b'"more": 1, "cpid"', 1), h),
     ["Request doesnt correspond to schema", "/v1/results/schema"]),
    ("all results lost", lambda b, h: (body([]).encode(), without(without(h, "X-Signature"), "X-Public-Key")),
     ["at least one passing test", "No test was in what arrived"]),
    ("two names made one", lambda b, h: (body([{"name": "a"}, {"name": "A"}]).encode(),
                                         without(without(h, "X-Signature"), "X-Public-Key")),
     ["Internal Server Error", "stored nothing"]),
    ("nothing changed", lambda b, h: (b, h), None),
]:
    Spoiler.spoil = staticmethod(spoil)
    if words is None:
        upload(0, ["uploaded"], what, "--key", SIGNER, url=through)
    else:
        ran = upload(1, ["the server refused it", *words, "kept"], what, "--key", SIGNER, url=through)
        kept = json.loads((folder / "refstack.json").read_text())
        say(len(kept["results"]) == len(passed), "        and what was to be sent is kept")
between.shutdown()
upload(1, ["is not at this address", "https://refstack.example/api"], "a wrong address", url=BASE.geturl() + "/api")

print(f"# {wrong} otherwise than they should be")
sys.exit(bool(wrong))
