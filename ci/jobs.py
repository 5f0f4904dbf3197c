"""Executes the steps of the ready-made jobs against an endpoint, as far as that goes without their CI systems.

    python3 ci/jobs.py PROGRAM ENDPOINT REGION IMAGE INSTANCE_TYPE

The first expectations are made as ci/README.md says. Then the workflow for GitHub Actions has to pass, and
to fail as soon as a line of the expectations is missing; and so do the tasks of the role for Zuul, if
`ansible-playbook` is there. Streams of subunit are read by the reference, if python-subunit is there.
"""

import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

HERE = Path(__file__).resolve().parent
CASES = "vpcs/ key-pairs/ protocol/"


def run(command, folder, environment, *, expect=0):
    """Runs a step as GitHub does, and returns what it writes."""
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", command],
        cwd=folder, env=environment, capture_output=True, text=True, errors="replace",
    )
    if done.returncode != expect:
        sys.exit(f"exit {done.returncode} instead of {expect}: {command}\n{done.stdout}\n{done.stderr}")
    return done.stdout


def workflow(folder, environment, *, run_exits):
    """The steps of the workflow that are commands, without the one that builds the program."""
    summary = folder / "summary.md"
    summary.unlink(missing_ok=True)
    environment = environment | {"GITHUB_STEP_SUMMARY": str(summary)}
    (job,) = yaml.safe_load((HERE / "github/parallax.yml").read_text())["jobs"].values()
    shown = {}
    for step in job["steps"]:
        if "run" in step and not step["run"].startswith("cargo install"):
            expect = run_exits if step["name"] == "Run" else 0
            shown[step["name"]] = run(step["run"], folder, environment, expect=expect)
    errors = [line for line in shown["Annotations"].splitlines() if line.startswith("::error ")]
    result = json.loads((folder / "parallax/result.json").read_text())
    failed = result["summary"]["verdicts"].get("fail", 0)
    assert len(errors) == min(failed, 30) + (failed > 30), (len(errors), failed)
    assert summary.read_text().startswith("# "), summary.read_text()[:200]
    assert ("does not hold" in summary.read_text()) == (run_exits == 1)
    return failed


def read_subunit(stream, result):
    """Holds what the reference reads of a stream against the result."""
    try:
        from subunit import ByteStreamToStreamResult
        from testtools import StreamSummary
    except ImportError:
        return "not read: python-subunit and testtools are missing"
    summary = StreamSummary()
    summary.startTestRun()
    ByteStreamToStreamResult(io.BytesIO(stream)).run(summary)
    summary.stopTestRun()
    verdicts = result["summary"]["verdicts"]
    skipped = sum(verdicts.get(word, 0) for word in ("unsupported", "skipped", "waived"))
    assert summary.testsRun == result["summary"]["cases"], summary.testsRun
    assert len(summary.skipped) == skipped, len(summary.skipped)
    failed = summary.testsRun - verdicts.get("pass", 0) - skipped
    assert len(summary.errors) == failed, (len(summary.errors), failed)
    return f"{summary.testsRun} tests, {failed} failed, {skipped} skipped"


def zuul(folder, environment, program):
    """The tasks of the role, on this machine; not those that hand files to Zuul."""
    ansible = shutil.which("ansible-playbook")
    if ansible is None:
        return "not executed: ansible-playbook is missing"
    tasks = yaml.safe_load((HERE / "zuul/roles/parallax/tasks/post.yaml").read_text())
    own = [task for task in tasks if not {"zuul_return", "ansible.posix.synchronize"} & task.keys()]
    roles = folder / "roles"
    shutil.copytree(HERE / "zuul/roles", roles)
    (roles / "parallax/tasks/post.yaml").write_text(yaml.safe_dump(own, sort_keys=False))
    play = [{
        "hosts": "all",
        "gather_facts": False,
        "vars": {
            "ansible_user_dir": str(folder),
            "ansible_python_interpreter": sys.executable,
            "parallax_program": program,
            "parallax_endpoint": environment["PARALLAX_ENDPOINT"],
            "parallax_region": environment["PARALLAX_REGION"],
            "parallax_image": environment["PARALLAX_IMAGE"],
            "parallax_instance_type": environment["PARALLAX_INSTANCE_TYPE"],
            "parallax_access_key": environment["AWS_ACCESS_KEY_ID"],
            "parallax_secret_key": environment["AWS_SECRET_ACCESS_KEY"],
            "parallax_out": str(folder / "zuul"),
            "parallax_cases": CASES,
            "parallax_gate": f"--expectations {folder}/ci/parallax.expectations.yaml",
        },
        "tasks": [
            {"ansible.builtin.include_role": {"name": "parallax"}},
            {"ansible.builtin.include_role": {"name": "parallax", "tasks_from": "post"}},
        ],
    }]
    (folder / "play.yaml").write_text(yaml.safe_dump(play, sort_keys=False))
    run(f"{ansible} -i localhost, -c local play.yaml", folder, environment)
    result = json.loads((folder / "zuul/result.json").read_text())
    return read_subunit((folder / "zuul/testrepository.subunit").read_bytes(), result)


def main():
    program, endpoint, region, image, instance_type = sys.argv[1:]
    program = str(Path(program).resolve())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "bin").mkdir()
        (folder / "ci").mkdir()
        (folder / "bin/parallax").symlink_to(program)
        environment = os.environ | {
            "PATH": f"{folder}/bin:{os.environ['PATH']}",
            "PARALLAX_ENDPOINT": endpoint,
            "PARALLAX_REGION": region,
            "PARALLAX_IMAGE": image,
            "PARALLAX_INSTANCE_TYPE": instance_type,
            "PARALLAX_CASES": CASES,
            "PARALLAX_GATE": "--expectations ci/parallax.expectations.yaml",
        }
        expectations = folder / "ci/parallax.expectations.yaml"
        first = f"parallax run {CASES} --out first --expectations {expectations} --update-expectations --allow-new"
        run(first, folder, environment)
        known = expectations.read_text().splitlines(keepends=True)
        failed = workflow(folder, environment, run_exits=0)
        print(f"GitHub Actions: passes with {failed} failures that are expected")
        print(f"Zuul: {zuul(folder, environment, program)}")
        shutil.rmtree(folder / "parallax")
        at = next(at for at, line in enumerate(known) if line.endswith(": fail\n"))
        expectations.write_text("".join(known[:at] + known[at + 1:]))
        workflow(folder, environment, run_exits=1)
        print(f"GitHub Actions: fails without the line {known[at].strip()!r}")


if __name__ == "__main__":
    main()
