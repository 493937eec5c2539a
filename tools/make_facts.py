"""Write `linter/fabriclint/facts/instances.json` from the installed moto package and `corrections.json`.

    python tools/make_facts.py            write the file
    python tools/make_facts.py --check    exit 1 if the file is not what would be written

moto carries the DescribeInstanceTypes answers of all Regions; only its data file is read, none of its code is run.
Anything new that a person should look at before it is believed (an EFA family without a generation, cards whose
bandwidths contradict the type's total) stops the run with its name.
"""

import argparse
import gzip
import json
import re
import sys
from collections.abc import Iterable
from importlib.metadata import version
from importlib.util import find_spec
from itertools import chain, groupby
from pathlib import Path
from typing import Any, TypeAlias, cast

FACTS = Path(__file__).resolve().parent.parent / "linter" / "fabriclint" / "facts"
TARGET = FACTS / "instances.json"
DATA = Path("ec2", "resources", "instance_types.json.gz")

Json: TypeAlias = dict[str, Any]

BANDWIDTH = re.compile(r"(?P<burst>Up to )?(?:(?P<times>\d+)x )?(?P<each>[\d.]+) Gigabit")
# What the reader of the file assumes where a key is absent.
DEFAULTS: Json = {
    "architecture": "x86_64",
    "burst": False,
    "gbps": None,
    "ip_gbps": None,
    "placement": "cps",
    "rdma_read": False,
}
# AWS's own rounding ("3.12 Gigabit" beside 3.125) is no contradiction.
ROUNDING = 0.02


class DataError(Exception):
    """A person has to look: the message says at what."""


def moto_data() -> tuple[str, dict[str, Json]]:
    """moto's version and its instance types. `find_spec` finds the package without importing it."""
    spec = find_spec("moto")
    if spec is None or spec.origin is None:
        raise DataError("moto is not installed: `make facts` installs it")
    packed = Path(spec.origin).parent / DATA
    if not packed.is_file():
        raise DataError(f"this moto has no {DATA}: version 5.1 or later is needed")
    return version("moto"), cast(dict[str, Json], json.loads(gzip.decompress(packed.read_bytes())))


def short(number: float | None) -> float | int | None:
    """100 rather than 100.0, so that the file stays small and its diffs quiet."""
    return int(number) if number is not None and number == int(number) else number


def family_of(name: str) -> str:
    """`p5` of `p5.48xlarge`."""
    return name.partition(".")[0]


def bandwidth(text: str) -> tuple[float | None, bool]:
    """The Gbps in a NetworkPerformance text, and whether it is an "up to"; no number in the words ("High")."""
    match = BANDWIDTH.fullmatch(text)
    if match is None:
        return None, False
    return float(match["each"]) * int(match["times"] or 1), match["burst"] is not None


def strategies(item: Json) -> str:
    """First letters of the supported placement strategies, in alphabetical order."""
    return "".join(sorted(strategy[0] for strategy in item["PlacementGroupInfo"]["SupportedStrategies"]))


def accelerator(item: Json) -> tuple[str, str, int] | None:
    """Kind, name and count. Neuron comes before inference: both blocks of an inf1 or inf2 mean the same chips."""
    places = (
        ("gpu", "GpuInfo", "Gpus"),
        ("neuron", "NeuronInfo", "NeuronDevices"),
        ("inference", "InferenceAcceleratorInfo", "Accelerators"),
        ("fpga", "FpgaInfo", "Fpgas"),
        ("media", "MediaAcceleratorInfo", "Accelerators"),
    )
    for kind, block, plural in places:
        chips = cast(list[Json], item.get(block, {}).get(plural, []))
        if chips:
            maker, name = chips[0].get("Manufacturer", "AWS"), chips[0]["Name"]
            return (
                kind,
                name if name.startswith(maker) else f"{maker} {name}",
                sum(chip["Count"] for chip in chips),
            )
    return None


class Corrections:
    """`corrections.json`, and which of its entries the data made use of."""

    def __init__(self, text: str) -> None:
        document = json.loads(text)
        self.checked: str = document["checked"]
        self.moto_releases: dict[str, str] = document["moto_releases"]
        self._all: dict[str, Json] = document["corrections"]
        self._used: set[tuple[str, str]] = set()

    def of_type(self, correction: str, name: str) -> Any:
        """What this correction says of the type, or None."""
        found = self._all[correction]["types"].get(name)
        if found is not None:
            self._used.add((correction, name))
        return found

    def has_family(self, correction: str, family: str) -> bool:
        """Whether this correction names the family."""
        found = family in self._all[correction]["families"]
        if found:
            self._used.add((correction, family))
        return found

    def generation(self, family: str) -> int:
        """The EFA generation of a family that has EFA."""
        for number, families in self._all["efa_generation"]["families"].items():
            if family in families:
                self._used.add(("efa_generation", family))
                return int(number)
        raise DataError(
            f"{family} has EFA but no generation: look it up and add it to efa_generation in corrections.json"
        )

    def rows(self, correction: str) -> dict[str, Json]:
        """The whole rows this correction adds, each marked as used together with its family's generation."""
        rows: dict[str, Json] = self._all[correction]["types"]
        for name, row in rows.items():
            self._used.add((correction, name))
            if "efa_generation" in row and self.generation(family_of(name)) != row["efa_generation"]:
                raise DataError(f"{name}: {correction} and efa_generation of corrections.json disagree")
        return rows

    def unused(self) -> list[str]:
        """Corrections that matched nothing: the data were fixed, or the name is wrong."""
        everything: list[tuple[str, str]] = []
        for correction, body in self._all.items():
            families: list[str] | dict[str, list[str]] = body.get("families", [])
            listed = families if isinstance(families, list) else chain.from_iterable(families.values())
            everything += [(correction, name) for name in [*body.get("types", {}), *listed]]
        return [
            f"{correction}: {name}" for correction, name in everything if (correction, name) not in self._used
        ]


def cards(name: str, item: Json, gbps: float | None, corrections: Corrections) -> list[list[Any]]:
    """The network cards, equal neighbours as one entry: [how many, interfaces each, what they take, Gbps each]."""
    info = item["NetworkInfo"]
    doubtful_limits = corrections.has_family("card_limits_doubtful", family_of(name))
    known = corrections.of_type("card_gbps", name)
    total: float | None = corrections.of_type("aggregate_gbps", name)
    listed = sorted(cast(list[Json], info["NetworkCards"]), key=lambda card: card["NetworkCardIndex"])
    if [card["NetworkCardIndex"] for card in listed] != list(range(len(listed))):
        raise DataError(f"{name}: the network card indexes have gaps")

    added = sum(card["PeakBandwidthInGbps"] for card in listed)
    agrees = gbps is None or abs(added - gbps) <= ROUNDING
    if agrees == (total is not None) or (total is not None and total != gbps):
        raise DataError(f"{name}: the cards add up to {added} Gbps, the type has {gbps}: see aggregate_gbps")
    if known is not None and listed[0]["PeakBandwidthInGbps"] != known:
        raise DataError(f"{name}: card 0 has {listed[0]['PeakBandwidthInGbps']} Gbps, card_gbps says {known}")

    flat: list[list[Any]] = []
    for card in listed:
        kinds = set(cast(list[str], card["InterfaceTypes"]))
        if ("efa" in kinds) != ("efa-only" in kinds):
            raise DataError(
                f"{name}: a card takes only one of efa and efa-only, which the catalogue cannot say"
            )
        takes = "+".join(word for word, kind in (("ena", "interface"), ("efa", "efa")) if kind in kinds)
        # One card cannot beat the whole type, whose figure is rounded down.
        peak = None if gbps is None else min(card["PeakBandwidthInGbps"], gbps)
        flat.append(
            [
                None if doubtful_limits else card["MaximumNetworkInterfaces"],
                takes,
                short(peak) if agrees or known is not None else None,
            ]
        )
    return [[len(list(run)), *card] for card, run in groupby(flat)]


def row(name: str, item: Json, corrections: Corrections) -> Json | None:
    """The row of an accelerated, EFA-capable or hpc* type; None for a plain one."""
    family = family_of(name)
    info = item["NetworkInfo"]
    efa = info["EfaInfo"]["MaximumEfaInterfaces"] if info.get("EfaSupported") else 0
    chips = accelerator(item)
    corrected = corrections.of_type("accelerators", name)
    if corrected is not None:
        if chips is not None:
            raise DataError(f"{name}: the API data name its accelerators now, drop the correction")
        chips = ("neuron", corrected[1], corrected[0])
    both = "NeuronInfo" in item and "InferenceAcceleratorInfo" in item
    if both != corrections.has_family("accelerators_once", family):
        raise DataError(f"{name}: accelerators_once of corrections.json and the data disagree")
    if not (efa or chips or family.startswith("hpc")):
        return None

    gbps, burst = bandwidth(info["NetworkPerformance"])
    result: Json = {"vcpus": item["VCpuInfo"]["DefaultVCpus"], "cards": cards(name, item, gbps, corrections)}
    if chips is not None:
        result |= {"kind": chips[0], "accelerator": chips[1], "accelerators": chips[2]}
    if efa:
        result |= {"max_efa": efa, "efa_generation": corrections.generation(family)}
        result["rdma_read"] = not corrections.has_family("rdma_read_no", family)
    result |= {
        "architecture": item["ProcessorInfo"]["SupportedArchitectures"][-1],
        "burst": burst,
        "gbps": short(gbps),
        "ip_gbps": corrections.of_type("ip_gbps", name),
        "placement": strategies(item),
    }
    return {key: value for key, value in result.items() if key not in DEFAULTS or value != DEFAULTS[key]}


def plain(items: Iterable[tuple[str, Json]]) -> dict[str, list[list[str]]]:
    """All other types by family: [architecture, placement letters, "size:vcpus:gbps ..."], "~" for "up to"."""
    groups: dict[str, dict[tuple[str, str], list[str]]] = {}
    for name, item in items:
        family, size = name.split(".", 1)
        gbps, burst = bandwidth(item["NetworkInfo"]["NetworkPerformance"])
        # An old type that runs 32-bit code as well lists i386 first.
        key = (item["ProcessorInfo"]["SupportedArchitectures"][-1], strategies(item))
        figure = "" if gbps is None else f"{'~' if burst else ''}{short(gbps)}"
        entry = f"{size}:{item['VCpuInfo']['DefaultVCpus']}:{figure}"
        groups.setdefault(family, {}).setdefault(key, []).append(entry)
    return {
        family: [[*key, " ".join(sorted(entries))] for key, entries in sorted(kinds.items())]
        for family, kinds in groups.items()
    }


def dump(value: Any) -> str:
    """Compact JSON with sorted keys."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def block(content: dict[str, Any]) -> str:
    """A JSON object with one entry a line, so that a refresh reads well as a diff."""
    return "{\n" + ",\n".join(f"{dump(key)}:{dump(content[key])}" for key in sorted(content)) + "\n}"


def catalogue() -> str:
    """The text of instances.json."""
    moto, data = moto_data()
    corrections = Corrections((FACTS / "corrections.json").read_text(encoding="utf-8"))
    if moto not in corrections.moto_releases:
        raise DataError(f"add the release date of moto {moto} to moto_releases in corrections.json")
    rows: dict[str, Json] = {}
    rest: list[tuple[str, Json]] = []
    for name, item in sorted(data.items()):
        made = row(name, item, corrections)
        if made is None:
            rest.append((name, item))
        else:
            rows[name] = made
    for correction in ("missing", "retired"):
        added = corrections.rows(correction)
        if added.keys() & data.keys():
            raise DataError(
                f"in the API data now, drop from {correction}: {', '.join(added.keys() & data.keys())}"
            )
        rows |= added
    if corrections.unused():
        raise DataError("corrections that match nothing:\n  " + "\n  ".join(corrections.unused()))

    about = {
        "corrections": corrections.checked,
        "data": corrections.moto_releases[moto],
        "generator": "tools/make_facts.py",
        "moto": moto,
        "source": "EC2 DescribeInstanceTypes as packed in moto (Apache-2.0), corrected by corrections.json",
    }

    return f'{{"about":{block(about)},\n"plain":{block(plain(rest))},\n"types":{block(rows)}}}\n'


def main(arguments: list[str]) -> int:
    """Write or check; 0 if the file is right, 1 if it is stale or somebody has to look at the data."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--check", action="store_true", help="write nothing, exit 1 if the file is stale")
    check: bool = parser.parse_args(arguments).check
    try:
        wanted = catalogue()
    except DataError as stop:
        print(f"make_facts: {stop}", file=sys.stderr)
        return 1
    if not check:
        TARGET.write_text(wanted, encoding="utf-8", newline="\n")
        print(f"wrote {TARGET} ({len(wanted.encode())} bytes)")
        return 0
    if not TARGET.is_file() or TARGET.read_text(encoding="utf-8") != wanted:
        print(f"make_facts: {TARGET} is stale: run python tools/make_facts.py", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
