"""The query page for browsers: one small page of our own, because GraphiQL's would be downloaded while it is used."""

PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>Billfold GraphQL</title>
<style>
  body { margin: 0; font: 15px/1.4 system-ui, sans-serif; display: grid; grid-template-rows: auto 1fr; height: 100vh }
  form { display: flex; gap: .5rem; padding: .5rem; background: #1f4e79; color: #fff; align-items: center }
  form input { flex: 1; font: inherit; padding: .3rem }
  form button { font: inherit; padding: .3rem 1rem }
  main { display: grid; grid-template-columns: 1fr 1fr; min-height: 0 }
  .asked { display: grid; grid-template-rows: 3fr 1fr; min-height: 0 }
  textarea, pre { margin: 0; padding: .75rem; border: 1px solid #ccd; font: 13px/1.5 ui-monospace, monospace }
  textarea { resize: none }
  pre { overflow: auto; background: #f6f7f9 }
</style>
<form>
  <label for="token">Token</label>
  <input id="token" type="password" autocomplete="off" placeholder="bf_...">
  <button>Run (Ctrl+Enter)</button>
</form>
<main>
  <div class="asked">
    <textarea id="query" aria-label="Query" spellcheck="false">
{ __schema { queryType { fields { name description } } } }</textarea>
    <textarea id="variables" aria-label="Variables as JSON" spellcheck="false">{}</textarea>
  </div>
  <pre id="answer" aria-live="polite"></pre>
</main>
<script>
  const at = (id) => document.getElementById(id)
  const run = async () => {
    try {
      const response = await fetch(location.pathname, {
        method: "POST",
        headers: { "Content-Type": "application/json", Authorization: `Bearer ${at("token").value.trim()}` },
        body: JSON.stringify({ query: at("query").value, variables: JSON.parse(at("variables").value || "{}") }),
      })
      at("answer").textContent = JSON.stringify(await response.json(), null, 2)
    } catch (error) { at("answer").textContent = String(error) }
  }
  document.querySelector("form").addEventListener("submit", (event) => { event.preventDefault(); run() })
  document.addEventListener("keydown", (event) => { if (event.ctrlKey && event.key === "Enter") run() })
</script>
</html>
"""
