// The reader's choice of language: kept in a cookie, which is no secret, and shown by loading the page again.

const NAME = "onrecord-language";
const YEAR = 365 * 24 * 3600;

document.getElementById("language")?.addEventListener("change", ({ target }) => {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${NAME}=${target.value}; Path=/; Max-Age=${YEAR}; SameSite=Lax${secure}`;
  location.reload();
});
