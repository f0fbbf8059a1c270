import Testing

@testable import AgentLaunchCore

@Suite("Digests", .timeLimit(.minutes(1)))
struct DigestTests {
    // FIPS 180-4's examples and NIST's long message.
    static let sha256: [(String, Int, String)] = [
        ("", 1, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", 1, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 1,
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (
            "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrs"
                + "mnopqrstnopqrstu", 1,
            "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"
        ),
        ("a", 1_000_000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
    ]

    // RFC 1321, appendix A.5; the last is the usual million.
    static let md5: [(String, Int, String)] = [
        ("", 1, "d41d8cd98f00b204e9800998ecf8427e"),
        ("a", 1, "0cc175b9c0f1b6a831c399e269772661"),
        ("abc", 1, "900150983cd24fb0d6963f7d28e17f72"),
        ("message digest", 1, "f96b697d7cb7938d525a2f31aaf161d0"),
        ("abcdefghijklmnopqrstuvwxyz", 1, "c3fcd3d76192e4007dfb496cca67e13b"),
        (
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", 1,
            "d174ab98d277d9f5a5611c2c9f419d9f"
        ),
        ("1234567890", 8, "57edf4a22be3c955ac49da2e2107b67a"),
        ("a", 1_000_000, "7707d6ae4e027c70eea2a935c2296f21"),
    ]

    @Test("SHA-256 gives the published digests", arguments: sha256)
    func publishedSHA256(_ text: String, _ times: Int, _ digest: String) {
        #expect(SHA256.hex(Bytes(String(repeating: text, count: times).utf8)) == digest)
    }

    @Test("MD5 gives the published digests", arguments: md5)
    func publishedMD5(_ text: String, _ times: Int, _ digest: String) {
        #expect(MD5.hex(Bytes(String(repeating: text, count: times).utf8)) == digest)
    }

    @Test(
        "A text cut anywhere has the digest of the whole",
        arguments: [1, 55, 56, 63, 64, 65, 127, 128, 200]
    )
    func cut(_ piece: Int) {
        let text = (0..<300).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        var sha = SHA256()
        var md5 = MD5()
        for start in stride(from: 0, to: text.count, by: piece) {
            sha.update(Bytes(text[start..<min(start + piece, text.count)]))
            md5.update(Bytes(text[start..<min(start + piece, text.count)]))
        }
        #expect(sha.finish() == SHA256.digest(text))
        #expect(md5.finish() == MD5.digest(text))
    }
}
