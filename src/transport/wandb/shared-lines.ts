/** Lines of one client and where they lie in the stream: [client's number, stream's, count]. */
export type Segment = readonly [client: number, stream: number, count: number];

/** A run of lines that lie side by side in the stream. */
export interface PlacedLines {
  readonly offset: number;
  readonly lines: readonly string[];
}

export interface Placement {
  readonly placed: readonly PlacedLines[];
  readonly segments: readonly Segment[];
  /** First line of the stream that nobody was given yet. */
  readonly next: number;
}

export interface PlacementQuestion {
  readonly segments: readonly Segment[];
  readonly next: number;
  /** The client's own number of its first line. */
  readonly offset: number;
  readonly lines: readonly string[];
}

/**
 * Gives the lines of one of several writers their places in the stream that they share: a line
 * that has a place keeps it, a new one gets the next that is free.
 */
export function placeLines({ segments, next, offset, lines }: PlacementQuestion): Placement {
  const placed: { offset: number; lines: string[] }[] = [];
  const grown = [...segments];
  let free = next;
  lines.forEach((line, at) => {
    const number = offset + at;
    let place = placeOf(grown, number);
    if (place === undefined) {
      place = free;
      free += 1;
      addLine(grown, number, place);
    }
    const last = placed.at(-1);
    if (last && last.offset + last.lines.length === place) last.lines.push(line);
    else placed.push({ offset: place, lines: [line] });
  });
  return { placed, segments: grown, next: free };
}

function placeOf(segments: readonly Segment[], number: number): number | undefined {
  const found = segments.findLast(
    ([client, , count]) => number >= client && number < client + count,
  );
  return found && found[1] + number - found[0];
}

function addLine(segments: Segment[], number: number, place: number): void {
  const last = segments.at(-1);
  if (last && last[0] + last[2] === number && last[1] + last[2] === place) {
    segments[segments.length - 1] = [last[0], last[1], last[2] + 1];
  } else {
    segments.push([number, place, 1]);
  }
}
