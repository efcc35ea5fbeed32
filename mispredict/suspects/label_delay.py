"""Labels that came too early: young rows whose event has not come yet and stands as none."""

from __future__ import annotations

from mispredict.suspects.delay_findings import by_delays, by_drop
from mispredict.suspects.detector import About, Found
from mispredict.suspects.inquiry import Inquiry
from mispredict.suspects.second_opinions import why_no_opinions
from mispredict.suspects.timeline import timeline_of


class LabelDelay:
    """Finds rows too young for their label to be believed."""

    kind = "label_delay"
    about = About(
        title="Labels came too early",
        needs="a time column, 100 rows and 20 events; better with the moment at which labels became known",
        how="delays of known events, corrected for those too young to be seen, say how many events are known at each "
        "age; without such moments, events of the youngest rows are held against what models promise",
        means="certain: delays say that events are missing and the youngest rows lack as many; suspected: one of both",
        clear="the same rows with labels of a later day, in which no event has been added",
    )

    def refusal(self, inquiry: Inquiry) -> str | None:
        """Return why the age of labels can't be judged."""
        timeline = timeline_of(inquiry)
        return timeline if isinstance(timeline, str) else why_no_opinions(inquiry)

    def find(self, inquiry: Inquiry) -> Found:
        """Return at most one finding: the rows too young to be believed."""
        timeline = timeline_of(inquiry)
        if isinstance(timeline, str):
            return Found((), timeline)
        found = by_delays(inquiry, timeline) if timeline.told else by_drop(inquiry, timeline)
        unread = f", {timeline.unread:,} without a readable time" if timeline.unread else ""
        return Found(() if found is None else (found,), f"{inquiry.scope(1 + bool(timeline.told))}{unread}")
