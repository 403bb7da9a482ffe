"""The registration engine: runs in the worker process, the command line and batch runs, never
inside QGIS.
"""
