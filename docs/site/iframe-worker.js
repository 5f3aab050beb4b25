// A browser gives no Worker to a page that was opened from a disk. There the search of this site runs in a hidden frame
// instead. It does what search asks of a Worker: messages in both directions, each a copy, errors, and an end.
if (location.protocol === "file:") {
  window.Worker = class {
    onmessage = null;
    onerror = null;
    #waiting = [];
    #inside = null;
    #frame = document.createElement("iframe");

    constructor(address) {
      this.#frame.hidden = true;
      this.#frame.srcdoc = "<!doctype html><title>search</title>";
      this.#frame.onload = () => this.#start(new URL(address, location.href).href);
      document.body.append(this.#frame);
    }

    postMessage(message) {
      const data = structuredClone(message);
      if (this.#inside === null) this.#waiting.push(data);
      else setTimeout(() => this.#inside.onmessage?.({ data }));
    }

    terminate() {
      this.#frame.remove();
    }

    #start(address) {
      const inside = this.#frame.contentWindow;
      inside.postMessage = (message) => {
        const data = structuredClone(message);
        setTimeout(() => this.onmessage?.({ data }));
      };
      const script = inside.document.createElement("script");
      script.src = address;
      script.onerror = () => this.onerror?.(new ErrorEvent("error"));
      script.onload = () => {
        this.#inside = inside;
        this.#waiting.splice(0).forEach((data) => this.postMessage(data));
      };
      inside.document.body.append(script);
    }
  };
}
