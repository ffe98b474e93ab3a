//! Writes Windows event log files (EVTX): just enough of the format for events as Defender's channel holds them, with
//! their parts as typed values of a template, as Windows writes them.

/// The lengths of the file's and a chunk's header, of a chunk, and of a record's header, in bytes.
pub(crate) const FILE_HEADER: usize = 4_096;
pub(crate) const CHUNK: usize = 65_536;
pub(crate) const CHUNK_HEADER: usize = 512;
pub(crate) const RECORD_HEADER: usize = 24;

/// An event of the log.
#[derive(Clone, Copy)]
pub(crate) struct Event<'a> {
    pub(crate) record: u64,
    pub(crate) id: u16,
    /// In steps of 100 ns since 1601.
    pub(crate) filetime: u64,
    pub(crate) channel: &'a str,
    pub(crate) computer: &'a str,
}

/// Types of values.
const STRING: u8 = 0x01;
const UINT16: u8 = 0x06;
const UINT64: u8 = 0x0a;
const FILETIME: u8 = 0x11;

/// Binary XML that knows at which offset of its chunk it stands, since names and templates are found by theirs.
struct BinXml {
    base: usize,
    bytes: Vec<u8>,
}

impl BinXml {
    fn at(base: usize) -> Self {
        Self { base, bytes: Vec::new() }
    }

    fn put(&mut self, bytes: &[u8]) -> &mut Self {
        self.bytes.extend_from_slice(bytes);
        self
    }

    fn offset(&self, ahead: usize) -> [u8; 4] {
        u32::try_from(self.base + self.bytes.len() + ahead).unwrap().to_le_bytes()
    }

    /// A name that follows its own offset: next one, hash, length, text, end.
    fn name(&mut self, name: &str) -> &mut Self {
        let offset = self.offset(4);
        let length = u16::try_from(name.len()).unwrap().to_le_bytes();
        self.put(&offset).put(&[0; 6]).put(&length).put(&utf16(name)).put(&[0; 2])
    }

    /// The start tag of an element without attributes, in a template: it depends on no value.
    fn open(&mut self, name: &str) -> &mut Self {
        self.put(&[0x01, 0xff, 0xff]).put(&[0; 4]).name(name).put(&[0x02])
    }

    /// An empty element with one attribute, whose value `value` writes.
    fn empty(&mut self, name: &str, attribute: &str, value: impl Fn(&mut Self)) -> &mut Self {
        self.put(&[0x41, 0xff, 0xff]).put(&[0; 4]).name(name).put(&[0; 4]).put(&[0x06]).name(attribute);
        value(self);
        self.put(&[0x03])
    }

    fn close(&mut self) -> &mut Self {
        self.put(&[0x04])
    }

    fn text(&mut self, text: &str) -> &mut Self {
        let length = u16::try_from(text.len()).unwrap().to_le_bytes();
        self.put(&[0x05, STRING]).put(&length).put(&utf16(text))
    }

    /// The place of a value.
    fn value(&mut self, number: u8, kind: u8) -> &mut Self {
        self.put(&[0x0d, number, 0, kind])
    }

    /// A template of an event, inline, and its values.
    fn event(&mut self, event: &Event<'_>) {
        self.put(&[0x0f, 1, 1, 0, 0x0c, 1]).put(&[1, 0, 0, 0]);
        let definition = self.offset(4);
        self.put(&definition).put(&[0; 4]).put(&[7; 16]);
        let mut template = Self::at(self.base + self.bytes.len() + 4);
        template.put(&[0x0f, 1, 1, 0]);
        template.open("Event").open("System");
        template.empty("Provider", "Name", |xml| {
            xml.text("Microsoft-Windows-Windows Defender");
        });
        template.open("EventID").value(0, UINT16).close();
        template.empty("TimeCreated", "SystemTime", |xml| {
            xml.value(1, FILETIME);
        });
        template.open("EventRecordID").value(2, UINT64).close();
        template.open("Channel").value(3, STRING).close();
        template.open("Computer").value(4, STRING).close();
        template.close().close().put(&[0]);
        let length = u32::try_from(template.bytes.len()).unwrap().to_le_bytes();
        self.put(&length).put(&template.bytes);
        let values: [(u8, Vec<u8>); 5] = [
            (UINT16, event.id.to_le_bytes().to_vec()),
            (FILETIME, event.filetime.to_le_bytes().to_vec()),
            (UINT64, event.record.to_le_bytes().to_vec()),
            (STRING, utf16(event.channel)),
            (STRING, utf16(event.computer)),
        ];
        self.put(&[5, 0, 0, 0]);
        for (kind, bytes) in &values {
            self.put(&u16::try_from(bytes.len()).unwrap().to_le_bytes()).put(&[*kind, 0]);
        }
        for (_, bytes) in &values {
            self.put(bytes);
        }
        self.put(&[0]);
    }
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// Makes a file with one chunk for each list of events.
pub(crate) fn file(chunks: &[Vec<Event<'_>>]) -> Vec<u8> {
    let mut file = vec![0; FILE_HEADER];
    file[..8].copy_from_slice(b"ElfFile\0");
    for (at, number) in
        [(32, 128_u16), (36, 1), (38, 3), (40, 4_096), (42, u16::try_from(chunks.len()).unwrap())]
    {
        file[at..at + 2].copy_from_slice(&number.to_le_bytes());
    }
    for events in chunks {
        file.extend(chunk(events));
    }
    file
}

fn chunk(events: &[Event<'_>]) -> Vec<u8> {
    let mut chunk = vec![0; CHUNK_HEADER];
    let mut last = 0;
    for event in events {
        last = chunk.len();
        let mut xml = BinXml::at(last + RECORD_HEADER);
        xml.event(event);
        let size = u32::try_from(RECORD_HEADER + xml.bytes.len() + 4).unwrap().to_le_bytes();
        chunk.extend(b"**\0\0");
        chunk.extend(size);
        chunk.extend(event.record.to_le_bytes());
        chunk.extend(event.filetime.to_le_bytes());
        chunk.extend(xml.bytes);
        chunk.extend(size);
    }
    let free = chunk.len();
    let mut put = |at: usize, bytes: &[u8]| chunk[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, b"ElfChnk\0");
    let [first_record, last_record] = [events.first(), events.last()].map(|event| event.unwrap().record);
    for (at, number) in [(8, first_record), (16, last_record), (24, first_record), (32, last_record)] {
        put(at, &number.to_le_bytes());
    }
    for (at, number) in [(40, 128), (44, last), (48, free)] {
        put(at, &u32::try_from(number).unwrap().to_le_bytes());
    }
    assert!(free <= CHUNK, "too many events for one chunk");
    chunk.resize(CHUNK, 0);
    chunk
}
