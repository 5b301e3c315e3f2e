export interface Frame {
  id: string | undefined;
  event: string;
  data: unknown;
}

/** Cuts a text stream into server-sent events; comments are passed over, they only show that the line lives. */
export class Frames {
  private rest = '';
  private fields: { id?: string; event?: string; data?: string } = {};

  push(text: string): Frame[] {
    const frames: Frame[] = [];
    const lines = (this.rest + text).split('\n');
    this.rest = lines.pop() ?? '';
    for (const raw of lines) {
      const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
      if (line === '') {
        const frame = this.finish();
        if (frame) frames.push(frame);
        continue;
      }
      const colon = line.indexOf(':');
      if (colon <= 0) continue;
      const name = line.slice(0, colon);
      const value = line.slice(colon + 1).replace(/^ /, '');
      if (name === 'id') this.fields.id = value;
      if (name === 'event') this.fields.event = value;
      if (name === 'data') this.fields.data = this.fields.data === undefined ? value : `${this.fields.data}\n${value}`;
    }
    return frames;
  }

  private finish(): Frame | undefined {
    const { id, event, data } = this.fields;
    this.fields = {};
    if (data === undefined) return undefined;
    return { id, event: event ?? 'message', data: JSON.parse(data) as unknown };
  }
}
