// Reads codes from the camera where the browser can by itself; elsewhere the page's form takes a photo.
const start = document.getElementById("start");
if ("BarcodeDetector" in window && navigator.mediaDevices) {
  start.hidden = false;
  start.addEventListener("click", watch);
}

async function watch() {
  const live = document.getElementById("live"), view = document.getElementById("view"), said = document.getElementById("said");
  live.hidden = false;
  try {
    view.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
    await view.play();
  } catch {
    said.textContent = said.dataset.refused;
    return;
  }
  start.hidden = true;
  said.textContent = said.dataset.ready;
  const detector = new BarcodeDetector();
  const timer = setInterval(async () => {
    const [code] = await detector.detect(view).catch(() => []);
    if (!code) return;
    clearInterval(timer);
    view.srcObject.getTracks().forEach((track) => track.stop());
    location.assign(`${live.dataset.counter}?q=${encodeURIComponent(code.rawValue)}`);
  }, 200);
}
