BeforeAll {
    . "$PSScriptRoot/common.ps1"
}

Describe 'Remove-RpiLivePersistence' {
    BeforeAll {
        $folder = "$TestDrive"
        $garbage = New-GarbageFile $folder 'garbage.img'
    }

    BeforeEach {
        $live = New-LiveImage $folder
        $null = Set-RpiLivePersistence $live -Preset Identity, Logs -Target Partition -Size 8MB |
            Set-RpiLivePersistence -Directory /srv -Target Folder -Size 8MB
    }

    It 'takes a directory out, and the store that nothing uses any more' {
        $image = Remove-RpiLivePersistence $live /srv
        $image.KeepRules.Directory | Should -Be @('/etc/ssh', '/var/lib/systemd', '/var/log')
        "$($image.Stores)" | Should -Be 'partition'
    }

    It 'takes several directories out, and the partition with them' {
        $image = Remove-RpiLivePersistence $live -Directory /var/log, /etc/ssh, /var/lib/systemd
        "$($image.KeepRules)" | Should -Be '/srv (Overlay on folder)'
        Test-RpiLiveImage $live -Quiet | Should -BeTrue
    }

    It 'leaves the store with -KeepStore' {
        $image = Remove-RpiLivePersistence $live -Directory /srv -KeepStore
        $image.KeepRules.Directory | Should -Be @('/etc/ssh', '/var/lib/systemd', '/var/log')
        $image.Stores | Should -HaveCount 2
    }

    It 'takes presets out, with the machine id' {
        $image = Remove-RpiLivePersistence $live -Preset Identity, Logs
        "$($image.KeepRules)" | Should -Be '/srv (Overlay on folder)'
        $image.MachineIdStore | Should -BeNullOrEmpty
    }

    It 'takes all out, and the room that it took' {
        $length = [System.IO.FileInfo]::new($live).Length
        $image = Remove-RpiLivePersistence -LiteralPath $live -All
        $image.KeepRules | Should -BeNullOrEmpty
        $image.Stores | Should -BeNullOrEmpty
        $image.MachineIdStore | Should -BeNullOrEmpty
        $image.Length | Should -BeLessThan ($length - 7MB)
        [System.IO.FileInfo]::new($live).Length | Should -Be $image.Length
    }

    It 'refuses <Id>' -ForEach @(
        @{ Id = 'KeepRuleMissing'; Category = 'ObjectNotFound'; Arguments = @{ Directory = '/opt' } }
        @{ Id = 'KeepRuleMissing'; Category = 'ObjectNotFound'; Arguments = @{ Preset = 'Home' } }
    ) {
        $before = Get-FileState $live
        $errors = @(Get-ScriptError { Remove-RpiLivePersistence $live @Arguments })
        $errors | Should -HaveCount 1
        $errors[0].FullyQualifiedErrorId | Should -Be "$Id,RpiLive.Commands.RemoveRpiLivePersistenceCommand"
        $errors[0].CategoryInfo.Category | Should -Be $Category
        $errors[0].TargetObject | Should -Be $live
        $errors[0].ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
        Get-FileState $live | Should -Be $before
    }

    It 'says that a file is no live image' {
        $errors = @(Get-ScriptError { Remove-RpiLivePersistence $garbage -All })
        $errors | Should -HaveCount 1
        $errors[0].TargetObject | Should -Be $garbage
    }

    It 'wants to be told what' {
        $errors = @(Get-ScriptError { Remove-RpiLivePersistence missing.img })
        $errors | Should -HaveCount 1
        $errors[0].FullyQualifiedErrorId | Should -BeLike 'ParametersDisagree,*'
        $errors[0].CategoryInfo.Category | Should -Be 'InvalidArgument'
    }
}
