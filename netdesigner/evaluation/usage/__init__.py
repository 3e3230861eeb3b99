"""How exported networks are used, with nothing but ONNX Runtime and numpy: what examples beside ONNX files are made of.

A task names the `main` of one of these modules, and the example that is written holds it with all that it uses, each
function as it stands here. So they are read by people who have never seen this program. All that an example has to know
of a network, such as classes, scaling and settings, stands in the file of the network and is read from there; no words
of a user become code.

No module here is imported before something is exported.
"""
