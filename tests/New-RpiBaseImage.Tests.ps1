BeforeAll {
    . "$PSScriptRoot/common.ps1"
    $folder = "$TestDrive"
}

Describe 'New-RpiBaseImage' {
    It 'says in one sentence that a mirror cannot be reached' {
        $errors = @()
        New-RpiBaseImage "$folder/base.img" -Mirror 'http://127.0.0.1:9/debian' -CachePath "$folder/cache" -ErrorAction SilentlyContinue -ErrorVariable errors | Should -BeNullOrEmpty
        $errors[0].FullyQualifiedErrorId | Should -BeLike 'MirrorUnreachable,*'
        $errors[0].ErrorDetails.RecommendedAction | Should -Match 'network'
        [System.IO.File]::Exists("$folder/base.img") | Should -BeFalse
    }

    It 'takes nothing that is no name, key or mirror: <Arguments>' -ForEach @(
        @{ Arguments = @{ HostName = 'not a name' } }
        @{ Arguments = @{ Package = 'Not A Package' } }
        @{ Arguments = @{ AuthorizedKey = 'secret' } }
        @{ Arguments = @{ Mirror = 'ftp://mirror.test/debian' } }
        @{ Arguments = @{ Suite = 'buster' } }
        @{ Arguments = @{ Profile = 'Desktop' } }
    ) {
        { New-RpiBaseImage 'base.img' @Arguments -WhatIf } | Should -Throw
    }

    It 'makes nothing with -WhatIf' {
        New-RpiBaseImage "$folder/new.img" -CachePath "$folder/new" -WhatIf | Should -BeNullOrEmpty
        [System.IO.File]::Exists("$folder/new.img") | Should -BeFalse
        [System.IO.Directory]::Exists("$folder/new") | Should -BeFalse
    }

    It 'does not replace a file unless it is told to' {
        [System.IO.File]::WriteAllText("$folder/mine.img", 'mine')
        { New-RpiBaseImage "$folder/mine.img" -ErrorAction Stop } | Should -Throw '*exists already*'
        [System.IO.File]::ReadAllText("$folder/mine.img") | Should -Be 'mine'
    }
}
