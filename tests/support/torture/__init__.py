"""The torture campaign: hostile rasters, mutated files, worker faults and odd outputs, counted in
one table.

Nothing here knows how the product works inside: it makes files whose truth is known, calls the
command line, and looks at what is left.
"""
