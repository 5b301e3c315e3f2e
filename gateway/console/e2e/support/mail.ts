import { mailUrl } from './environment';

const DEADLINE_MS = 60_000;

/** What this answers as soon as it answers something. */
export async function eventually<Result>(ask: () => Promise<Result | undefined | false>): Promise<Result> {
  const end = Date.now() + DEADLINE_MS;
  for (;;) {
    const found = await ask();
    if (found) return found;
    if (Date.now() > end) throw new Error('waited in vain');
    await new Promise((again) => setTimeout(again, 250));
  }
}

interface Mail {
  subject: string;
  text: string;
  envelope: { to: { address: string }[] };
}

/** Path and fragment of the link to this page in the newest mail to this address. */
export async function mailLink(to: string, page: string): Promise<string> {
  return eventually(async () => {
    const mails = (await (await fetch(`${mailUrl}/email`)).json()) as Mail[];
    const own = mails.filter((mail) => mail.envelope.to.some((one) => one.address.toLowerCase() === to.toLowerCase()));
    return own.map((mail) => new RegExp(`/${page}#token=[\\w.~%-]+`).exec(mail.text)?.[0]).findLast(Boolean);
  });
}

export async function mailsTo(address: string): Promise<{ subject: string; text: string }[]> {
  const mails = (await (await fetch(`${mailUrl}/email`)).json()) as Mail[];
  return mails.filter((mail) => mail.envelope.to.some((one) => one.address.toLowerCase() === address.toLowerCase()));
}
