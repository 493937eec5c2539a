"""Collections that may have members the sources do not show."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Generic, NoReturn, TypeVar

from msgspec import Struct

from fabriclint.values.truth import YES, NotABool, Truth, Unknown, all_of, any_of

T = TypeVar("T")
U = TypeVar("U")


class Member(Generic[T], Struct, frozen=True, eq=False):
    """Something in a Many, and whether it is there at all."""

    item: T
    exists: Truth = YES


class Many(NotABool, Generic[T], Struct, frozen=True, eq=False):
    """A collection that may have members the sources do not show (`more`), and members that may not exist.

    It is never iterated bare: `.known()` gives what certainly exists, `.possible()` everything that may.
    """

    members: tuple[Member[T], ...] = ()
    more: Unknown | None = None

    @staticmethod
    def of(*items: T, more: Unknown | None = None) -> Many[T]:
        """Members that certainly exist."""
        return Many(tuple(Member(item) for item in items), more)

    def __iter__(self) -> NoReturn:
        raise TypeError("a Many is not iterated bare; say .known() or .possible()")

    def known(self) -> Iterator[T]:
        """The members that certainly exist."""
        return (member.item for member in self.members if member.exists.certain)

    def possible(self) -> Iterator[T]:
        """The members that exist or may exist."""
        return (member.item for member in self.members if not member.exists.excluded)

    @property
    def complete(self) -> Truth:
        """Whether every member is shown and certain."""
        open_ = [member.exists for member in self.members if member.exists.undecided]
        result = all_of(open_)
        return result if self.more is None else result & Truth.unknown(self.more)

    def any(self, test: Callable[[T], Truth]) -> Truth:
        """Whether a member that exists passes."""
        found = any_of(member.exists & test(member.item) for member in self.members)
        return found if self.more is None else found | Truth.unknown(self.more)

    def all(self, test: Callable[[T], Truth]) -> Truth:
        """Whether every member that exists passes; yes when there are none."""
        passed = all_of(~member.exists | test(member.item) for member in self.members)
        return passed if self.more is None else passed & Truth.unknown(self.more)

    def where(self, test: Callable[[T], Truth]) -> Many[T]:
        """The members that pass; those that may pass stay as members that may not exist."""
        kept = ((m.item, m.exists & test(m.item)) for m in self.members)
        return Many(tuple(Member(item, exists) for item, exists in kept if not exists.excluded), self.more)

    def map(self, change: Callable[[T], U]) -> Many[U]:
        """The same members, changed one by one."""
        return Many(tuple(Member(change(m.item), m.exists) for m in self.members), self.more)

    def plus(self, other: Many[T]) -> Many[T]:
        """The members of both."""
        more = (
            self.more
            if other.more is None
            else other.more
            if self.more is None
            else self.more.also(other.more)
        )
        return Many(self.members + other.members, more)

    def count(self) -> tuple[int, int | None]:
        """The least and the most members there can be (None: no bound)."""
        least = sum(1 for member in self.members if member.exists.certain)
        most = sum(1 for member in self.members if not member.exists.excluded)
        return least, None if self.more is not None else most

    @property
    def empty(self) -> Truth:
        """Whether it has no member."""
        return ~self.any(lambda _: YES)
