// What tslab leaves out of Jupyter's protocol (https://jupyter-client.readthedocs.io/en/stable/messaging.html): errors as
// `error` messages instead of text on stderr, several MIME types in one output, the true version, and an end on shutdown.
const { takeFailure } = require('./errors.cjs');
const { endsItself } = require('./stop.cjs');

async function handleExecute(sock, request) {
  const send = (socket, type, content) => {
    const message = request.createReply();
    message.header.msg_type = type;
    message.content = content;
    message.signAndSend(this.connInfo.key, socket);
  };
  const content = await this.handler.handleExecute(
    request.content,
    (name, text) => send(this.iopub, 'stream', { name, text }),
    (data, update) => send(this.iopub, update ? 'update_display_data' : 'display_data', data),
  );
  if (content.status === 'abort') content.status = 'aborted';
  if (content.status === 'error') {
    const failure = takeFailure(request.content.code);
    send(this.iopub, 'error', failure);
    Object.assign(content, failure);
  }
  // Cells that wait behind one that failed are cancelled: they have not run.
  if (content.status !== 'aborted') globalThis[Symbol.for('ticklake.kernel')].lastFailed = content.status === 'error';
  send(sock, 'execute_reply', content);
}

/** The type of a message as it comes from the wire: routing, delimiter, signature, header, and so on. */
const typeOf = parts => {
  const delimiter = parts.findIndex(part => part.toString() === '<IDS|MSG>');
  return delimiter < 0 ? undefined : JSON.parse(parts[delimiter + 2].toString()).msg_type;
};

/**
 * Extend tslab's server and handler, and give src/show/output.ts its way to the kernel, `Symbol.for('ticklake.kernel')`:
 * `write({ data, metadata, displayId, update })` adds or replaces an output, `endsItself()` announces a loop that watches for
 * the interrupt; `lastFailed` tells whether the cell before this one did.
 */
function extendProtocol(jupyter, typescriptVersion) {
  const { JupyterHandlerImpl, ZmqServer } = jupyter;
  const { handleKernel } = JupyterHandlerImpl.prototype;
  const { bindSocket, close, handleShellMessage } = ZmqServer.prototype;
  ZmqServer.prototype.handleExecute = handleExecute;
  JupyterHandlerImpl.prototype.handleKernel = function () {
    const info = handleKernel.call(this);
    const banner = `TypeScript ${typescriptVersion} on Node ${process.versions.node}`;
    return { ...info, status: 'ok', banner, language_info: { ...info.language_info, version: typescriptVersion } };
  };
  // JupyterLab asks for the history, of which tslab knows nothing. Its "busy" and "idle" around the question are the first that
  // JupyterLab hears of a kernel; only the word that the question is unknown, printed into the cell that runs, is left out.
  ZmqServer.prototype.handleShellMessage = function (socket, ...parts) {
    if (typeOf(parts) !== 'history_request') return handleShellMessage.call(this, socket, ...parts);
    const { warn } = console;
    console.warn = () => {};
    try {
      return handleShellMessage.call(this, socket, ...parts); // synchronous for a question that it does not know
    } finally {
      console.warn = warn;
    }
  };
  // Send at once, always: after 512 sends zeromq delays one, and refuses the next while that one waits; and it drops what
  // is printed faster than the browser's side reads. Both limits are set before the socket is bound.
  ZmqServer.prototype.bindSocket = function (socket, port) {
    socket.sendTimeout = 0;
    socket.sendHighWaterMark = 0;
    return bindSocket.call(this, socket, port);
  };
  // Connections that cells left open would keep the process; Jupyter kills it only after five seconds.
  ZmqServer.prototype.close = function () {
    close.call(this);
    setTimeout(() => process.exit(0), 200);
  };
  globalThis[Symbol.for('ticklake.kernel')] = {
    endsItself,
    lastFailed: false,
    write: ({ data, metadata = {}, displayId, update = false }) =>
      jupyter.lastWriteDisplayData?.({ data, metadata, transient: { display_id: displayId } }, update),
  };
}

module.exports = { extendProtocol };
