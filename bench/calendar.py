"""A calendar that jumps 会计日历: nights run as always, and the owner puts any later day in front of them."""

from datetime import date

from bench.site import Site


class Calendar:
    """The open business day of a benchmark's books."""

    def __init__(self, site: Site) -> None:
        from ledger.queries import open_day

        self._site = site
        self.open = open_day()

    def jump_to(self, day: date) -> None:
        """Close the open day as it stands and open a later one, with its accounting year, as only the owner may."""
        if day == self.open:
            return
        for status in ("CLOSING", "CLOSED"):
            self._site.owner_run("update ledger_businessday set status = %s where day = %s", [status, self.open])
        self._site.owner_run("select ledger_open_year(%s)", [day.year])
        self._site.owner_run(
            "insert into ledger_businessday (day, status, interest_ready) values (%s, 'OPEN', true)", [day]
        )
        self.open = day

    def turn(self) -> date:
        """Turn the open day, as every night does, and answer it; it is closing from here on."""
        from ledger.actions import days

        days.turn(self.open)
        return self.open

    def close(self) -> None:
        """Close the day that was turned, with its totals; the next one is open then."""
        from ledger.actions import days
        from ledger.queries import open_day

        days.close(self.open)
        self.open = open_day()
