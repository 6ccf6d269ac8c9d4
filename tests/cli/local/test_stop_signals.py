from __future__ import annotations

import os
import signal

import pytest

from airflow_dataops.cli.local.stop_signals import StopSignals


@pytest.fixture
def signals():
    """Signals that are taken over, and given back after the test."""
    signals = StopSignals()
    signals.install()
    yield signals
    signals.restore()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_stop_signal_unwinds_the_program(signals: StopSignals, number: int) -> None:
    """`with` blocks must get to clean up, and the exit code must be the shell's for the signal."""
    del signals
    with pytest.raises(SystemExit) as caught:
        os.kill(os.getpid(), number)

    assert 128 + number == caught.value.code


def test_interrupting_is_a_keyboard_interrupt(signals: StopSignals) -> None:
    """Ctrl-C must stay what it is in Python."""
    del signals
    with pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGINT)


def test_a_held_signal_comes_after_the_block(signals: StopSignals) -> None:
    """What must not be cut in half must be finished first."""
    steps = []

    def work() -> None:
        with signals.held():
            os.kill(os.getpid(), signal.SIGTERM)
            steps.append("finished")

    with pytest.raises(SystemExit):
        work()

    assert ["finished"] == steps


def test_nested_blocks_hold_to_the_outermost(signals: StopSignals) -> None:
    """A block within a held one must not let the signal through."""
    steps = []

    def work() -> None:
        with signals.held():
            with signals.held():
                os.kill(os.getpid(), signal.SIGTERM)
            steps.append("finished")

    with pytest.raises(SystemExit):
        work()

    assert ["finished"] == steps


def test_a_forgotten_signal_is_not_raised(signals: StopSignals) -> None:
    """Asking again while everything is being stopped anyway must change nothing."""
    with signals.held(forget=True):
        os.kill(os.getpid(), signal.SIGTERM)


def test_signals_are_given_back() -> None:
    """Afterwards every signal must do what it did before."""
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.getsignal(number) for number in numbers]
    signals = StopSignals()
    signals.install()
    taken = [signal.getsignal(number) for number in numbers]
    signals.restore()

    assert before != taken
    assert before == [signal.getsignal(number) for number in numbers]
