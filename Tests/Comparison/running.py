"""Runs the cases of all groups with both builds."""
import argparse
import concurrent.futures
import os
import pathlib
import shutil
import tempfile
import time
import traceback

from Comparison import carried, commands, failed, finished, pictures, prepared, sent, values
from Comparison.programs import Program, Trial
from Comparison.results import Results

GROUPS = {"prepared": prepared, "finished": finished, "sent": sent, "commands": commands, "ledger": carried, "failed": failed}
# In these, builds take turns: each of the other pairs must go as the old one does alone.
RELAYS = {"ledger", "failed"}
# These wait for gateways more than they compute.
WAITING = {"sent", "commands", "ledger", "failed"}


def main(description):
    arguments = _arguments(description)
    began = time.monotonic()
    kept = pathlib.Path(tempfile.mkdtemp(prefix="plantain-differences-"))
    results = Results(kept, arguments.words)
    with tempfile.TemporaryDirectory(prefix="plantain-compare-") as folder:
        old, new = Program("old", arguments.old), Program("new", arguments.new)
        _run_groups(old, new, pathlib.Path(folder).resolve(), results, arguments)
    _check_spelling(old, new, results)
    if not any(kept.iterdir()):
        kept.rmdir()
    else:
        print(f"files that differ are kept in {kept}")
    print(f"{results.differing} differences that are not meant, in {time.monotonic() - began:.0f} s")
    return 1 if results.differing else 0


def _arguments(description):
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("old", metavar="OLD", help="folder with plantain and plantain-worker, to be equalled")
    parser.add_argument("new", metavar="NEW", help="folder with the two that are to equal them")
    parser.add_argument("--only", metavar="NAME", help=f"one group ({', '.join(GROUPS)}) or the cases that begin with GROUP/CASE")
    parser.add_argument("--words", action="store_true", help="list texts for people that are worded differently")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), metavar="N", help="cases at the same time")
    arguments = parser.parse_args()
    for folder in (arguments.old, arguments.new):
        for name in ("plantain", "plantain-worker"):
            if not os.access(pathlib.Path(folder) / name, os.X_OK):
                parser.error(f"there is no program {name} in {folder}")
    if arguments.only and arguments.only.split("/")[0] not in GROUPS:
        parser.error(f"there is no group {arguments.only}; there are {', '.join(GROUPS)}")
    return arguments


def _run_groups(old, new, folder, results, arguments):
    inputs = folder / "inputs"
    inputs.mkdir()
    pictures.make_all(inputs, old)
    pictures.make_results(inputs, old)
    names = sorted(path.name for path in inputs.iterdir())
    wanted = arguments.only or ""
    for group, module in GROUPS.items():
        cases = [(title, case) for title, case in module.cases(inputs)
                 if f"{group}/{title}".startswith(wanted) or group == wanted]
        if wanted.split("/")[0] not in ("", group):
            continue
        began = time.monotonic()
        with concurrent.futures.ThreadPoolExecutor(arguments.jobs * (2 if group in WAITING else 1)) as pool:
            work = [pool.submit(_run_case, old, new, folder, inputs, results, group, number, *case)
                    for number, case in enumerate(cases)]
            for done in work:
                done.result()
        results.print_group(group, time.monotonic() - began)
    if names != sorted(path.name for path in inputs.iterdir()):
        raise RuntimeError("a case has written among the inputs of the others")


def _run_case(old, new, folder, inputs, results, group, number, title, case):
    place = folder / f"{group}-{number}"
    picture = (inputs / "reply.png").read_bytes()

    def trial(*programs):
        return _tried(Trial("-".join(program.side for program in programs), programs, place, inputs, picture), case)

    if group not in RELAYS:
        pairs = [(title, trial(old), trial(new))]
    else:
        alone = trial(old, old)
        pairs = [(f"{title}, {first.side} then {second.side}", alone, trial(first, second))
                 for first, second in ((old, new), (new, old), (new, new))]
    for name, before, after in pairs:
        results.compare(group, name, before, after)
        leaks = [f"the key stands in {where}" for where in sorted({*before.leaks, *after.leaks})]
        if leaks:
            results.add(group, f"{name}: keys", 1, leaks)
    shutil.rmtree(place)


def _tried(trial, case):
    try:
        case(trial)
    except Exception:
        # What a build does not do, as a case needs it, is what the other may do.
        trial.see("the case broke off", traceback.format_exc(limit=-2))
    finally:
        trial.end()
    return trial


def _check_spelling(old, new, results):
    """Both spellings are taken as equal, but a build whose options are American must be so throughout."""
    for program in (old, new):
        names = values.british_names[program.side]
        told = [f"{name}, {count} times" for name, count in sorted(names.items())]
        spelling = "--match-color" if program.is_american else "--match-colour"
        print(f"{program.side} was given {spelling}; its British names: {'; '.join(told) or 'none'}")
        if program is new and new.is_american and told:
            results.add("spelling", "JSON", len(told), [f"the new build still spells {name}" for name in told])
