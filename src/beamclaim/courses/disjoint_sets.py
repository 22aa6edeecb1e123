"""Things joined into sets, whichever order the joints are found in."""


class DisjointSets:
    """The numbers 0 to `size` - 1, joined pair by pair; a set is known by its smallest number."""

    def __init__(self, size: int) -> None:
        self._up = list(range(size))

    def root(self, n: int) -> int:
        """The smallest number of the set of `n`."""
        while self._up[n] != n:
            self._up[n] = n = self._up[self._up[n]]
        return n

    def join(self, a: int, b: int) -> None:
        """Makes the sets of `a` and `b` one."""
        low, high = sorted((self.root(a), self.root(b)))
        self._up[high] = low
