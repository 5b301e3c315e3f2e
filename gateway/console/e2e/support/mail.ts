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

interface Address {
  address: string;
}

interface Mail {
  subject: string;
  text: string;
  time: string;
  /** Who got it; an empty text of a mail that the catcher found on its disk when it was started again. */
  envelope: { to: Address[] | '' };
  /** By the mail's own head; missing when the catcher was killed before it had that. */
  to?: Address[];
}

/** Oldest first: a catcher that was started again tells them in any order. */
export async function mailsTo(address: string): Promise<Mail[]> {
  const mails = (await (await fetch(`${mailUrl}/email`)).json()) as Mail[];
  return mails
    .filter(({ envelope, to = [] }) => (envelope.to || to).some((one) => one.address.toLowerCase() === address.toLowerCase()))
    .sort((a, b) => Date.parse(a.time) - Date.parse(b.time));
}

/** Path and fragment of the link to this page in the newest mail to this address. */
export async function mailLink(to: string, page: string): Promise<string> {
  const link = new RegExp(`/${page}#token=[\\w.~%-]+`);
  return eventually(async () => (await mailsTo(to)).map((mail) => link.exec(mail.text)?.[0]).findLast(Boolean));
}
