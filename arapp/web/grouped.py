"""The tools above the grouped list: the words it is grouped by, those that could follow, and the way back."""

from dataclasses import dataclass

from django.http import QueryDict

from arapp.lists.grouping import BY, WORDS, By


@dataclass(frozen=True)
class Choice:
    label: str
    query: str


@dataclass(frozen=True)
class GroupTools:
    by: By
    query: QueryDict
    """The page's query string without its page."""

    @property
    def chosen(self) -> list[Choice]:
        """The words in their order, each with the query string that is left without it; "" for the only one."""
        names = self.by.names
        rest = {name: tuple(other for other in names if other != name) for name in names}
        return [Choice(WORDS[name].label, self._with(left) if left else "") for name, left in rest.items()]

    @property
    def others(self) -> list[Choice]:
        """The words that could come next."""
        left = [name for name in WORDS if name not in self.by.names]
        return [Choice(WORDS[name].label, self._with((*self.by.names, name))) for name in left]

    @property
    def text(self) -> str:
        """The query string of the page and its downloads."""
        return self._with(self.by.names)

    @property
    def ungrouped(self) -> str:
        """The query string of the list itself."""
        query = self.query.copy()
        query.pop(BY, None)
        return query.urlencode()

    def _with(self, names: tuple[str, ...]) -> str:
        query = self.query.copy()
        query[BY] = ",".join(names)
        return query.urlencode(safe=",")
