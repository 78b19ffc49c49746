/**
 * The formula for Homebrew, on macOS and Linux.
 */
import { DESCRIPTION, LICENSE } from "../project.ts";
import { addressOf, fileFor, type Release } from "../release.ts";

/** Returns the text of Formula/tlslp.rb in a tap. */
export function homebrewFormula(release: Release): string {
  return `class Tlslp < Formula
  desc "${DESCRIPTION}"
  homepage "${release.repository}"
  version "${release.version}"
  license "${LICENSE}"

  on_macos do
    on_arm do
${download(release, "darwin-arm64")}
    end
    on_intel do
${download(release, "darwin-x64")}
    end
  end

  on_linux do
    on_arm do
${download(release, "linux-arm64")}
    end
    on_intel do
${download(release, "linux-x64")}
    end
  end

  def install
    bin.install "tlslp"
    man1.install Dir["man/*.1"]
    bash_completion.install "completions/tlslp.bash" => "tlslp"
    zsh_completion.install "completions/_tlslp"
    fish_completion.install "completions/tlslp.fish"
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/tlslp --version")
    assert_match(/^RESULT:/, shell_output("#{bin}/tlslp solve token 8"))
  end
end
`;
}

function download(release: Release, target: string): string {
  const file = fileFor(release, target);
  return `      url "${addressOf(release, file)}"\n      sha256 "${file.sha256}"`;
}
