// A small codec as ALSA prints it, to vary: DAC 2 → mixer 3 → pin 4, pin 4 → ADC 5, coefficients 6. No EPSS.

const NODES: Readonly<Record<number, string>> = {
  2: `Node 0x02 [Audio Output] wcaps 0x405: Stereo Amp-Out
  Amp-Out caps: ofs=0x1f, nsteps=0x1f, stepsize=0x05, mute=1
  Amp-Out vals:  [0x1f 0x1f]
  Converter: stream=0, channel=0
  Power states:  D0 D1 D2 D3
  Power: setting=D0, actual=D0`,
  3: `Node 0x03 [Audio Mixer] wcaps 0x200103: Stereo Amp-In
  Amp-In caps: ofs=0x00, nsteps=0x00, stepsize=0x00, mute=1
  Amp-In vals:  [0x00 0x00] [0x80 0x80]
  Connection: 2
     0x02 0x04`,
  4: `Node 0x04 [Pin Complex] wcaps 0x400187: Stereo Amp-In Amp-Out
  Amp-In caps: ofs=0x00, nsteps=0x03, stepsize=0x27, mute=0
  Amp-In vals:  [0x00 0x00]
  Amp-Out caps: ofs=0x00, nsteps=0x00, stepsize=0x00, mute=1
  Amp-Out vals:  [0x00 0x00]
  Pincap 0x0000003c: IN OUT HP Detect
  Pin Default 0x01014010: [Jack] Line Out at Ext Rear
    Conn = 1/8, Color = Green
    DefAssociation = 0x1, Sequence = 0x0
  Pin-ctls: 0x40: OUT
  Unsolicited: tag=00, enabled=0
  Connection: 1
     0x03`,
  5: `Node 0x05 [Audio Input] wcaps 0x100103: Stereo Amp-In
  Amp-In caps: ofs=0x0b, nsteps=0x1f, stepsize=0x05, mute=1
  Amp-In vals:  [0x8b 0x8b]
  Converter: stream=0, channel=0
  SDI-Select: 0
  Connection: 1
     0x04`,
  6: `Node 0x06 [Vendor Defined Widget] wcaps 0xf00040: Mono
  Processing caps: benign=0, ncoeff=4`,
};

const HEADER = `Codec: Sample
Address: 0
AFG Function Id: 0x1 (unsol 1)
Vendor Id: 0xa2a1ffff
Subsystem Id: 0xa2a1ffff
Revision Id: 0x100100
No Modem Function Group found
Default PCM:
    rates [0x560]: 44100 48000 96000 192000
    bits [0xe]: 16 20 24
    formats [0x1]: PCM
Default Amp-In caps: N/A
Default Amp-Out caps: N/A
State of AFG node 0x01:
  Power states:  D0 D1 D2 D3
  Power: setting=D0, actual=D0
GPIO: io=0, o=0, i=0, unsolicited=0, wake=0`;

/** The text with whole node blocks replaced, by NID; `header` replaces the lines before the first node. */
export function dumpOf(nodes: Readonly<Record<number, string>> = {}, header = ''): string {
  return `${[header || HEADER, ...Object.values({ ...NODES, ...nodes })].join('\n')}\n`;
}
