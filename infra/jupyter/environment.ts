import { inRoot } from '../../src/run/paths.ts';

/** Variables with which Python's Jupyter packages find the kernel of this project and nothing of the user's own. */
export function jupyterEnvironment(runtimeDir: string): NodeJS.ProcessEnv {
  return {
    ...process.env,
    JUPYTER_PATH: inRoot('infra', 'jupyter'),
    JUPYTER_CONFIG_DIR: runtimeDir,
    JUPYTER_DATA_DIR: runtimeDir,
    JUPYTER_RUNTIME_DIR: runtimeDir,
    IPYTHONDIR: runtimeDir,
    JUPYTER_NO_CONFIG: '1',
    JUPYTER_PREFER_ENV_PATH: '1',
    JUPYTER_PLATFORM_DIRS: '1',
    PYTHONNOUSERSITE: '1',
  };
}
