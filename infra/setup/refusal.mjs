const windows = `Kafka and this course do not run on native Windows. Use WSL2, which is a Linux inside Windows:
  1. In PowerShell as administrator: wsl --install -d Ubuntu   (restart when asked)
  2. In the Ubuntu window: sudo apt-get update && sudo apt-get install -y git python3-venv
  3. There, install Node 24 (https://nodejs.org/en/download shows how for Linux)
  4. There, clone this project into your Linux home (not under /mnt/c) and run: npm start`;

/** Say why ticklake cannot run here, or return undefined when it can. */
export function refusal(platform, version) {
  if (platform === 'win32') return windows;
  if (Number(version.split('.')[0]) < 20)
    return `Node ${version} is too old: ticklake needs Node 20 or newer to begin (it brings Node 24 by itself). Install one from https://nodejs.org/en/download and run the same command again.`;
}
