"""Runs one file of tests with the standard library alone: unittest's classes and plain `test_…` functions.

tests/tidy must work on a machine that has nothing installed yet, so it cannot ask for pytest.
"""

import importlib.util
import inspect
import pathlib
import sys
import unittest


def load(file: pathlib.Path):
    sys.path[:0] = [str(file.parent), str(file.parents[1])]
    spec = importlib.util.spec_from_file_location(file.stem, file)
    module = importlib.util.module_from_spec(spec)
    sys.modules[file.stem] = module
    spec.loader.exec_module(module)
    return module


def main() -> int:
    module = load(pathlib.Path(sys.argv[1]).resolve())
    suite = unittest.defaultTestLoader.loadTestsFromModule(module)
    for name, function in inspect.getmembers(module, inspect.isfunction):
        if name.startswith("test_") and function.__module__ == module.__name__:
            suite.addTest(unittest.FunctionTestCase(function, description=name))
    if suite.countTestCases() == 0:
        print(f"{sys.argv[1]}: no tests in it", file=sys.stderr)
        return 1
    return 0 if unittest.TextTestRunner(verbosity=1).run(suite).wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
