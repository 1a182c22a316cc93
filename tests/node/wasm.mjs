// Run steps.py on CPython for WebAssembly: node wasm.mjs SOURCE PACKAGES
import { loadPyodide } from "pyodide";

const [source, packages] = process.argv.slice(2);
const python = await loadPyodide();
python.mountNodeFS("/source", source);
python.mountNodeFS("/packages", packages);
python.FS.mkdir("/steps");
python.mountNodeFS("/steps", import.meta.dirname);
python.FS.mkdir("/work");
python.runPython(`
import sys
print(sys.version.split()[0], file=sys.stderr)
sys.path[:0] = ["/source", "/steps", "/packages"]
import steps
steps.run_steps("/work")
`);
