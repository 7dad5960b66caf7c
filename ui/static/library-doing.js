// What is done in the library beside looking through it: a document opened, files and addresses added, removing,
// restoring and syncing again, and how far all that is. It comes onto the page behind the first rows.

import { Adding } from "./library-adding.js";
import { Details } from "./library-details.js";
import { dropping } from "./library-dropping.js";
import { Jobs } from "./library-jobs.js";
import { Labels } from "./library-labels.js";
import { Roots } from "./library-roots.js";
import { fetched, told } from "./server.js";
import { say } from "./words.js";

const by = (id) => document.getElementById(id);

export class Doing {
  #list;
  #heard;
  #adding;
  #details;
  #jobs;
  #labels;
  #roots;

  // `list` is the List on the page. `heard`: known(collections), closed(id) of a document's details, and
  // changed(isOther), once something was done.
  constructor(list, heard) {
    this.#list = list;
    this.#heard = heard;
    this.#details = new Details(by("details"), {
      removing: (id, title, job) => this.#removing(id, title, job),
      closed: (id) => heard.closed(id),
    });
    this.#jobs = new Jobs(
      { section: by("jobs"), list: by("job-list"), template: by("job") },
      { ended: (isOther) => this.#ended(isOther) },
    );
    this.#labels = new Labels(by("readers"), by("readers-known"));
    this.#labels.offer(["public", "nobody"]);
    this.#roots = new Roots(by("roots"), (readers, names) => {
      this.offer(readers);
      heard.known(names);
    });
    this.#adding = new Adding(
      {
        section: by("adding"), form: by("adding-form"), opener: by("add"), picker: by("files"), chosen: by("chosen"),
        urls: by("urls"), publisher: by("publisher"), collection: by("collection"), state: by("adding-state"),
        send: by("send"), cancel: by("cancel"),
      },
      this.#labels,
      { begun: (job, what) => this.#jobs.follow(job, what), refused: (what, why) => this.#jobs.refused(what, why) },
    );
    dropping(by("drop"), (files, folders) => this.#dropped(files, folders));
    by("sync").addEventListener("click", () => this.#synced());
    by("clear").addEventListener("click", () => this.#cleared());
  }

  // What was under way before the page came, and where the library comes from.
  async recall() {
    await Promise.all([this.#jobs.recall(), this.#roots.show()]).catch((failure) => this.#list.failed(failure));
  }

  // Reader labels in use, to choose from.
  offer(readers) {
    this.#labels.offer(readers);
  }

  // Show this document's details, or none where it names none.
  show(id) {
    if (id) {
      this.#details.open(id);
    } else {
      this.#details.close();
    }
  }

  restore(removal) {
    const what = say("libraryRestoringOf", { name: removal.uri });
    return this.#begun("/api/v1/library/restore", { id: removal.id }, what, (failure) => {
      if (!failure) {
        this.#list.take(removal.id);
      }
      return true;
    });
  }

  #removing(id, title, job) {
    this.#list.mark(id, true);
    this.#jobs.follow(job, say("libraryRemovingOf", { name: title }), (failure) => {
      if (failure) {
        this.#list.mark(id, false);
      } else {
        this.#list.take(id);
      }
      return true;
    });
  }

  #synced() {
    return this.#begun("/api/v1/library/sync", { prune: this.#roots.prune }, say("librarySyncing"));
  }

  async #begun(path, body, what, done) {
    try {
      const { job } = await (await fetched(path, { method: "POST", body })).json();
      this.#jobs.follow(job, what, done);
    } catch (failure) {
      this.#jobs.refused(what, told(failure));
    }
  }

  async #ended(isOther) {
    await this.#heard.changed(isOther);
    await this.#roots.show();
  }

  #dropped(files, folders) {
    this.#adding.toggle(true);
    this.#adding.choose(files);
    if (folders) {
      this.#jobs.refused(say("libraryFolder"), say("libraryFolderAdvice"));
    }
  }

  #cleared() {
    this.#jobs.clear();
    by("sync").focus();
  }
}
