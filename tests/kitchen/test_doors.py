"""Without OR-Tools the kitchen refuses to plan; it never answers by another way."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize("module", ["kitchen.schedule", "kitchen.menu_plan"])
def test_planning_needs_the_solver(module):
    """
    Tests that the planning modules cannot even be imported when OR-Tools cannot.
    """
    code = f"import sys; sys.modules['ortools'] = None; import {module}"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert run.returncode != 0 and "ortools" in run.stderr


def test_facts_and_judges_do_not_need_the_solver():
    """
    Tests that sheets, stores and the menu checker work on a machine without OR-Tools.
    """
    modules = "kitchen.packing, kitchen.menu_check, kitchen.store.production, kitchen.thermal"
    code = f"import sys; sys.modules['ortools'] = None; import {modules}"
    subprocess.run([sys.executable, "-c", code], check=True)
