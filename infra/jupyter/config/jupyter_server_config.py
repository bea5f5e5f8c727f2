"""JupyterLab for this project alone: loopback, token, one kernel, no news. What changes per start comes by flags."""

import os

c = get_config()  # noqa: F821

c.ServerApp.ip = "127.0.0.1"
c.ServerApp.port_retries = 0
c.ServerApp.open_browser = False
c.ServerApp.allow_root = hasattr(os, "geteuid") and os.geteuid() == 0
c.ServerApp.quit_button = False

# Its search for language servers runs npm, which writes to the user's home.
c.ServerApp.jpserver_extensions = {"jupyterlab": True, "jupyter_lsp": False}

c.KernelSpecManager.ensure_native_kernel = False
c.KernelSpecManager.allowed_kernelspecs = {"tslab"}
c.MultiKernelManager.default_kernel_name = "tslab"

c.ContentsManager.hide_globs = ["node_modules", "__pycache__", "*.pyc", "*.tsbuildinfo"]

c.LabApp.news_url = None
c.LabApp.check_for_updates_class = "jupyterlab.NeverCheckForUpdate"
c.LabApp.extension_manager = "readonly"
c.LabApp.expose_app_in_browser = True  # the browser tests call its commands
