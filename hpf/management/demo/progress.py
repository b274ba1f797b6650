"""How far the demonstration is 示例数据装入进度: a line for each tenth of the employers, then one for each month."""

from collections.abc import Callable
from datetime import date, datetime

from hpf.management.demo.story import Size
from hpf.months import Month


class Progress:
    """Tells what is done, how fast it goes and when it will end; asks `now` for the time."""

    def __init__(self, size: Size, tell: Callable[[str], object], now: Callable[[], datetime]) -> None:
        self.size, self.tell, self.now = size, tell, now
        self.months = list(size.first_month.until(size.last_month.next()))
        self.lists_before = 0
        self.began = self.month_began = now()

    def opened(self, employers: int) -> None:
        """So many employers are open, with their members."""
        tenth = max(self.size.employers // 10, 1)
        if employers == self.size.employers:
            self.tell(f"单位 {employers} 个、职工 {self.size.members} 人已开户，开始逐月办理")
            self.began = self.month_began = self.now()
        elif employers % tenth == 0:
            self.tell(f"开户：单位 {employers}/{self.size.employers} 个")

    def closed(self, day: date, lists: int) -> None:
        """A day is closed, and so many lists were handed in up to it."""
        if day != self.size.until and Month.of(day) == Month.of(date.fromordinal(day.toordinal() + 1)):
            return
        now, done = self.now(), self.months.index(Month.of(day)) + 1
        seconds = max((now - self.month_began).total_seconds(), 1)
        end = now + (now - self.began) / done * (len(self.months) - done)
        handed_in = lists - self.lists_before
        self.tell(
            f"{Month.of(day)}（第 {done}/{len(self.months)} 个月）已结账：清册 {handed_in} 份，"
            f"每秒 {handed_in / seconds:.0f} 份，预计 {end:%H:%M} 完成"
        )
        self.month_began, self.lists_before = now, lists
