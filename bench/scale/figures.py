"""The figures of the template that bound a job, read from the template as it is deployed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from checks.transform import deployed, transformed


@dataclass(frozen=True)
class Figures:
    """What a stack has with some parameters, and the defaults of all others."""

    chosen: Mapping[str, Any] = field(default_factory=dict)

    def memory(self, function: str) -> int:
        """MB of a function."""
        return int(self._function(function)["MemorySize"])

    def timeout(self, function: str) -> int:
        """Seconds that a run of a function may take."""
        return int(self._function(function)["Timeout"])

    def runs(self, function: str) -> int:
        """Runs at once that its queue may start."""
        return int(self._source(function)["ScalingConfig"]["MaximumConcurrency"])

    def at_once(self, function: str) -> int:
        """Messages or records that one run takes."""
        return int(self._source(function)["BatchSize"])

    def window(self, function: str) -> int:
        """Seconds for which records are gathered."""
        return int(self._source(function)["MaximumBatchingWindowInSeconds"])

    def side_by_side(self, function: str) -> int:
        """Runs at once for one shard of the stream."""
        return int(self._source(function).get("ParallelizationFactor", 1))

    def parameter(self, name: str) -> int:
        """A parameter that is a number."""
        given = self._template["Parameters"][name]
        return int(self.chosen.get(name, given.get("Default")))

    @property
    def door_rate(self) -> int:
        """Results a second that the door takes in the long run."""
        return int(self._door["ThrottlingRateLimit"])

    @property
    def door_burst(self) -> int:
        """Results that the door takes at once."""
        return int(self._door["ThrottlingBurstLimit"])

    def retention(self, function: str) -> int:
        """Seconds for which a message may wait in the queue of a function."""
        queue = self._resources[f"{function.title()}Queue"]
        return int(queue["Properties"]["MessageRetentionPeriod"])

    @property
    def _door(self) -> Mapping[str, Any]:
        [settings] = self._resources["ApiStage"]["Properties"]["MethodSettings"]
        return dict(settings)

    def _function(self, name: str) -> Mapping[str, Any]:
        return dict(self._resources[f"{name.title()}Function"]["Properties"])

    def _source(self, name: str) -> Mapping[str, Any]:
        """What starts a function; SAM names it by the function and the event."""
        [source] = (
            resource["Properties"]
            for key, resource in self._resources.items()
            if resource["Type"] == "AWS::Lambda::EventSourceMapping"
            and key.startswith(f"{name.title()}Function")
        )
        return dict(source)

    @property
    def _resources(self) -> Mapping[str, Any]:
        return dict(self._template["Resources"])

    @cached_property
    def _template(self) -> Mapping[str, Any]:
        return deployed(transformed(), self.chosen)
