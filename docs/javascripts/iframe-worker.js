// A page that is opened from disk may start no worker, in which the search runs. There it runs in a hidden frame.
// The plugin `offline` asks another host for such a script, unless one with this name is there.
if (location.protocol === "file:") {
  window.Worker = class extends EventTarget {
    constructor(url) {
      super()
      const frame = document.createElement("iframe")
      frame.hidden = true
      frame.srcdoc = `<script src="${url}"></script>`
      this.started = new Promise(resolve => {
        frame.onload = () => {
          frame.contentWindow.postMessage = data => this.dispatchEvent(new MessageEvent("message", { data }))
          resolve(frame.contentWindow)
        }
      })
      document.body.append(frame)
    }

    async postMessage(data) {
      (await this.started).dispatchEvent(new MessageEvent("message", { data }))
    }
  }
}
