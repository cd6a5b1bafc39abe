#!python
"""The command of a wheel that holds the program packed. It reads one file of the package, not all of it."""

import importlib.util
import os
import sys

package = importlib.util.find_spec("tiramisu_vision")
if package is None:
    sys.exit("tiramisu: its Python package is gone; install it again")
path = os.path.join(list(package.submodule_search_locations)[0], "packed.py")
spec = importlib.util.spec_from_file_location("tiramisu_packed", path)
packed = importlib.util.module_from_spec(spec)
spec.loader.exec_module(packed)
packed.main()
