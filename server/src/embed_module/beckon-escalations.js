// The custom element for portals.
export class BeckonEscalations {}
