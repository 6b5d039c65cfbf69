"""Where the peers live: interpreters and a binary, set up on first use under .cache/peers and build/peers.

KERAS_PYTHON, TORCH_PYTHON and PEERS_LIBTORCH name others; what they name is used as it is.
"""
import hashlib
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))


def _run(command):
    print("+ " + " ".join(command), file=sys.stderr, flush=True)
    subprocess.run(command, check=True, stdout=sys.stderr)


def _python(name):
    """The interpreter of a virtual environment with the packages of requirements-NAME.txt."""
    requirements = os.path.join(HERE, "requirements-%s.txt" % name)
    folder = os.path.join(ROOT, ".cache", "peers", name)
    python = os.path.join(folder, "bin", "python")
    stamp = os.path.join(folder, "installed")
    with open(requirements, "rb") as f:
        wanted = hashlib.sha256(f.read()).hexdigest()
    if os.path.exists(stamp):
        with open(stamp) as f:
            if f.read() == wanted:
                return python
    _run([sys.executable, "-m", "venv", "--clear", folder])
    _run([python, "-m", "pip", "install", "--quiet", "--requirement", requirements])
    with open(stamp, "w") as f:  # last: an installation that broke off starts over
        f.write(wanted)
    return python


def _libtorch(torch_python):
    folder = os.path.join(ROOT, "build", "peers", "libtorch")
    root = subprocess.run([torch_python, "-c", "import os, torch; print(os.path.dirname(torch.__file__))"],
                          check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
    _run(["cmake", "-G", "Ninja", "-S", os.path.join(HERE, "libtorch"), "-B", folder, "-DTORCH_ROOT=" + root])
    _run(["cmake", "--build", folder])
    return os.path.join(folder, "peers_libtorch")


class Environment:
    """Sets up what the peers asked for need."""

    def __init__(self, peers):
        get = os.environ.get
        by_torch = [p for p in peers if p.startswith(("torch", "keras_torch", "libtorch"))]
        by_keras = [p for p in peers if p.startswith("keras") and p not in by_torch]
        self.keras_python = by_keras and (get("KERAS_PYTHON") or _python("keras"))
        self.torch_python = by_torch and (get("TORCH_PYTHON") or _python("torch"))
        self.libtorch = any(p.startswith("libtorch") for p in peers) and (
            get("PEERS_LIBTORCH") or _libtorch(self.torch_python))
        self.cornu = get("CORNU_BENCH") or os.path.join(ROOT, "build", "bench", "cornu-bench")

    def command(self, peer):
        """The program of a peer, to be followed by options."""
        if peer == "cornu":
            return [self.cornu]
        if peer.startswith("libtorch"):
            return [self.libtorch, "--peer", peer]
        script = os.path.join(HERE, "keras_peers.py" if peer.startswith("keras") else "torch_peers.py")
        python = self.torch_python if peer.startswith(("torch", "keras_torch")) else self.keras_python
        return [python, script, "--peer", peer]
