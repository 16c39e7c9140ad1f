/** Loudness for the meter, 0..1; without Web Audio it stays at 0 and never warns. */
export class SoundMeter {
  private readonly context: AudioContext | null = null;
  private readonly analyser: AnalyserNode | null = null;
  private readonly samples: Uint8Array<ArrayBuffer> = new Uint8Array(0);

  constructor(stream: MediaStream) {
    try {
      this.context = new AudioContext();
      this.analyser = this.context.createAnalyser();
      this.analyser.fftSize = 1024;
      this.samples = new Uint8Array(this.analyser.fftSize);
      this.context.createMediaStreamSource(stream).connect(this.analyser);
    } catch {
      // A meter is a comfort: recording goes on without it.
      this.analyser = null;
    }
  }

  level(): number {
    if (!this.analyser) return 0;
    this.analyser.getByteTimeDomainData(this.samples);
    let sum = 0;
    for (const s of this.samples) sum += ((s - 128) / 128) ** 2;
    const loudness = Math.sqrt(sum / this.samples.length);
    return Math.min(1, loudness * 4);
  }

  /** Whether such a level is more than the noise of a quiet room. */
  heard(level: number): boolean {
    return this.analyser === null || level > 0.02;
  }

  close(): void {
    void this.context?.close().catch(() => undefined);
  }
}
