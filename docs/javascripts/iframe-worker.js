// A page that is opened from disk may start no worker, in which the search runs. There it runs in a hidden frame.
// The plugin `offline` asks another host for such a script, unless one with this name is there.
if (location.protocol === "file:") {
  window.Worker = class extends EventTarget {
    constructor(url) {
      super()
      const frame = document.createElement("iframe")
      frame.hidden = true
      // The frame tells itself that its script is there: it may have loaded an empty page before.
      frame.srcdoc = `<script src="${url}"></script><script>frameElement.started(window)</script>`
      this.started = new Promise(resolve => {
        frame.started = inside => {
          // A worker's words never come at once: the page may be about to listen.
          inside.postMessage = data => setTimeout(() => this.dispatchEvent(new MessageEvent("message", { data })))
          resolve(inside)
        }
      })
      document.body.append(frame)
    }

    async postMessage(data) {
      (await this.started).dispatchEvent(new MessageEvent("message", { data }))
    }
  }
}
