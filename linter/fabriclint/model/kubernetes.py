"""Kubernetes as far as these sources show it: objects, Helm releases, and what may add more."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct

from fabriclint.manifests import Manifest, documents, read
from fabriclint.model.element import Element
from fabriclint.text import Span
from fabriclint.values import Many, Map, Member, Reason, Text, Truth, Unknown, Value, any_of

if TYPE_CHECKING:
    from fabriclint.model.stack import Stack

# Charts and add-ons that install what other repositories say.
_GITOPS = frozenset(
    {"argo-cd", "argocd", "argocd-apps", "argo-cd-apps", "gitops-bridge", "flux", "flux2", "flux-operator"}
)
_GITOPS_INPUTS = ("enable_argocd", "enable_argo_cd", "enable_flux", "enable_gitops_bridge")
_EFA_CHARTS = frozenset({"aws-efa-k8s-device-plugin", "dranet", "aws-efa-dra-driver"})
_EFA_INPUTS = ("enable_aws_efa_k8s_device_plugin", "enable_efa_device_plugin")
_DECIMAL = {"m": 1e-3, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "P": 1e15}
_SUFFIXES = {**_DECIMAL, "Ki": 2.0**10, "Mi": 2.0**20, "Gi": 2.0**30, "Ti": 2.0**40, "Pi": 2.0**50}


class KubernetesObject(Struct, frozen=True, eq=False):
    """An object and the element (`kubectl_manifest`, a chart's release) that applies it."""

    manifest: Manifest
    element: Element
    exists: Truth

    @property
    def place(self) -> Span:
        """The element's header where it holds nothing else, else the object's own first line."""
        return self.element.place if self.manifest.alone else self.manifest.place or self.element.place

    @property
    def name(self) -> str:
        """Its name as far as it is known."""
        return "" if self.manifest.name.absent else self.manifest.name.show()


class HelmRelease:
    """A release of a chart, with the values it is given."""

    def __init__(self, element: Element) -> None:
        self.element = element

    @property
    def chart(self) -> str:
        """The chart's own name: the last step of its path or address; empty where it is not known."""
        written = _rendered(self.element.get("chart"))
        return written.rstrip("/").rpartition("/")[2].partition(":")[0]

    @property
    def local(self) -> bool:
        """Whether the chart is a folder beside these sources; what its templates make is not rendered."""
        written = _rendered(self.element.get("chart"))
        return self.element.get("repository").absent and "/" in written and "://" not in written

    @cached_property
    def values(self) -> Value:
        """Its values merged in order, later ones over earlier ones; `set` entries are not merged: they leave it open."""
        merged: Value | None = None
        written = self.element.get("values").members()
        more = written.more
        for text in written.possible():
            found = documents(text)
            more = more or found.more
            for document in found.known():
                merged = document if merged is None else _over(document, merged)
        one_by_one = self.element.get("set").members()
        if one_by_one.members or one_by_one.more is not None:
            more = more or Unknown.because(f"{self.element.label} sets values one by one", self.element.place)
        data = merged.data if merged is not None and isinstance(merged.data, Map) else Map({})
        place = self.element.get("values").place if merged is None else merged.place
        return Value(Map(data.entries, data.more if more is None else more), place)


def _over(new: Value, old: Value, depth: int = 0) -> Value:
    """A map over another, maps in both merged."""
    if not isinstance(new.data, Map) or not isinstance(old.data, Map) or depth > 20:
        return new
    entries = dict(old.data.entries)
    for key, entry in new.data.entries.items():
        entries[key] = _over(entry, entries[key], depth + 1) if key in entries else entry
    return Value(Map(entries, new.data.more or old.data.more), new.place, inputs=new.inputs | old.inputs)


def _rendered(value: Value) -> str:
    return value.data.render("") if isinstance(value.data, Text) else value.text() or ""


class Kubernetes:
    """The objects and releases of a stack."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack

    @cached_property
    def _read(self) -> tuple[tuple[KubernetesObject, ...], Unknown | None]:
        found: list[KubernetesObject] = []
        more: Unknown | None = None
        for element in self.stack.of("kubernetes_manifest"):
            manifests = read(element.get("manifest"))
            unseen = manifests.more
            for member in manifests.members:
                found.append(KubernetesObject(member.item, element, element.exists & member.exists))
            if element.many is not None:
                unseen = element.many if unseen is None else unseen.also(element.many)
            if unseen is not None:
                more = unseen if more is None else more.also(unseen)
        for release in self.releases:
            made = tuple(_from_chart(release))
            found.extend(made)
            if release.local and not made and release.chart not in _EFA_CHARTS:
                what = f"the templates of the chart {release.chart} are not rendered"
                unseen = Unknown.because(what, release.element.place)
                more = unseen if more is None else more.also(unseen)
        return tuple(found), more

    @property
    def objects(self) -> tuple[KubernetesObject, ...]:
        """Every object that is shown, in source order."""
        return self._read[0]

    @property
    def unread(self) -> Unknown | None:
        """Why manifests of these sources may hold objects that are not shown."""
        return self._read[1]

    def of(self, *kinds: str) -> Iterator[KubernetesObject]:
        """The objects of these kinds."""
        return (one for one in self.objects if one.manifest.kind in kinds)

    @cached_property
    def releases(self) -> tuple[HelmRelease, ...]:
        """The Helm releases, in source order."""
        return tuple(HelmRelease(element) for element in self.stack.of("helm_release"))

    @cached_property
    def gitops(self) -> Truth:
        """Whether something here installs what other repositories say (Argo CD, Flux)."""
        found = [release.element.exists for release in self.releases if release.chart.lower() in _GITOPS]
        found.extend(
            one.exists
            for one in self.objects
            if one.manifest.group in ("argoproj.io", "fluxcd.controlplane.io")
        )
        for call in self.stack.unseen:
            source = call.get("source").words().lower()
            if "gitops" in source or "argocd" in source or "flux" in source:
                found.append(call.exists)
            found.extend(call.exists & call.get("inputs").field(name).on() for name in _GITOPS_INPUTS)
        return any_of(found)

    @cached_property
    def installs_charts(self) -> bool:
        """Whether these sources install anything on a cluster."""
        return bool(self.releases or self.objects or self.stack.of("eks_addon"))

    @cached_property
    def efa_device_plugin(self) -> Truth:
        """Whether EFA is offered to pods: the device plugin or the EFA DRA driver is installed by these sources.

        It is a no only where these sources install software on the cluster and show all of it.
        """
        found = [release.element.exists for release in self.releases if release.chart in _EFA_CHARTS]
        for one in self.of("DaemonSet"):
            if "efa-k8s-device-plugin" in one.name or "efa-device-plugin" in one.name or one.name == "dranet":
                found.append(one.exists)
        for call in self.stack.unseen:
            found.extend(call.exists & call.get("inputs").field(name).on() for name in _EFA_INPUTS)
        result = any_of(found)
        if result.certain:
            return result
        if not self.installs_charts:
            return result | Truth.unknown("what is installed on the cluster is not in these sources")
        open_ = [
            Truth(
                "unknown",
                self.gitops.reasons or (Reason("Argo CD or Flux installs what other repositories say"),),
            )
        ]
        if self.gitops.excluded:
            open_ = []
        open_.extend(
            Truth.unknown(f"the chart of {release.element.label} is not known", release.element.place)
            for release in self.releases
            if not release.chart
        )
        open_.extend(
            Truth.unknown(f"{call.label} ({call.get('source').show()}) is not in these sources", call.place)
            for call in self.stack.unseen
            if _installs(call)
        )
        if self.unread is not None:
            open_.append(Truth.unknown(self.unread))
        if self.stack.open is not None:
            open_.append(Truth.unknown(self.stack.open))
        return any_of([result, *open_])


def _installs(call: Element) -> bool:
    """Whether an unseen module may install software on a cluster: its name or an input says so."""
    source = call.get("source").words().lower()
    if any(word in source for word in ("addon", "add-on", "blueprint", "helm", "k8s", "kubernetes", "eks")):
        return True
    inputs = call.get("inputs").data
    return isinstance(inputs, Map) and any("cluster" in name for name in inputs.entries)


def _from_chart(release: HelmRelease) -> Iterator[KubernetesObject]:
    """The pool and the class that the chart `karpenter-resources` of aws-ia makes from its values."""
    if release.chart != "karpenter-resources":
        return
    values, element = release.values, release.element
    name = values.field("name")
    if name.absent:
        name = Value("default", element.place, "default")
    pool, class_ = values.field("nodePool"), values.field("ec2NodeClass")
    labels = _labels(pool.field("labels"), name)
    limits = pool.field("limits")
    if limits.absent:
        limits = Value(Map({"cpu": Value("1000", element.place, "default")}), element.place, "default")
    reference = _map(group="karpenter.k8s.aws", kind="EC2NodeClass", name=name)
    inner = _map(nodeClassRef=reference, taints=pool.field("taints"), requirements=pool.field("requirements"))
    spec = _map(template=_map(metadata=_map(labels=labels), spec=inner), limits=limits)
    words = ("subnetSelectorTerms", "securityGroupSelectorTerms", "userData", "amiFamily")
    terms = {word: class_.field(word) for word in words}
    place = values.place or element.place
    for kind, version, body in (
        ("NodePool", "karpenter.sh/v1", spec),
        ("EC2NodeClass", "karpenter.k8s.aws/v1", _map(**terms)),
    ):
        enabled = (pool if kind == "NodePool" else class_).field("enabled")
        exists = element.exists if enabled.absent else element.exists & enabled.on()
        whole = _map(kind=Value(kind), apiVersion=Value(version), metadata=_map(name=name), spec=body)
        manifest = Manifest(kind, version, name, place, whole.moved(place), alone=False)
        if not exists.excluded:
            yield KubernetesObject(manifest, element, exists)


def _labels(written: Value, name: Value) -> Value:
    """The chart takes a list of maps, and adds two labels of its own."""
    entries = {"NodePool": name, "NodeGroupType": name}
    members = written.members()
    more = members.more
    for member in members.possible():
        if isinstance(member.data, Map):
            entries.update(member.data.entries)
            more = more or member.data.more
    return Value(Map(entries, more), written.place)


def _map(**entries: Value | str) -> Value:
    made = {key: Value(entry) if isinstance(entry, str) else entry for key, entry in entries.items()}
    return Value(Map({key: entry for key, entry in made.items() if not entry.absent}))


def quantity(value: Value) -> float | None:
    """A Kubernetes quantity (`1000`, `1k`, `500m`, `64Gi`) as a number; None where it is not known."""
    number = value.number()
    if number is not None:
        return number
    text = (value.text() or "").strip()
    for size in (2, 1):
        factor = _SUFFIXES.get(text[-size:])
        if factor is not None:
            try:
                return float(text[:-size]) * factor
            except ValueError:
                return None
    return None


def pairs(value: Value) -> tuple[dict[str, Value], Unknown | None]:
    """The entries of a map, and why there may be more."""
    if isinstance(value.data, Map):
        return value.data.entries, value.data.more
    if value.absent:
        return {}, None
    return {}, value.unknown or Unknown.because(f"{value.show()} is no map that can be read", value.place)


def listed(value: Value) -> Many[Value]:
    """The members of a list; a map where a list is meant (`subnetSelectorTerms: {id: …}`) counts as a list of one."""
    return Many((Member(value),)) if isinstance(value.data, Map) else value.members()
